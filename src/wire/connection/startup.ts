/** The first packet of a connection: it has a length and a code, but no type byte. */

export type StartupPacket = Extract<FirstPacket, { kind: 'startup' }>;

export type FirstPacket =
  /** Asks for encryption, which this port does not offer: answered with `N`, after which the client tries again. */
  | { readonly kind: 'encryption' }
  | { readonly kind: 'cancel'; readonly pid: number; readonly key: number }
  | { readonly kind: 'startup'; readonly minor: number; readonly parameters: ReadonlyMap<string, string> }
  | { readonly kind: 'unsupported'; readonly version: string };

const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;
const CANCEL_REQUEST = 80877102;
const SUPPORTED_MAJOR = 3;
const HEADER_BYTES = 8;

/** Postgres's own limit (MAX_STARTUP_PACKET_LENGTH). */
const MAX_STARTUP_BYTES = 10_000;

/** Collects what a connection begins with. */
export class FirstPackets {
  private bytes: Buffer = Buffer.alloc(0);

  /** What came behind the packets that were taken. */
  get rest(): Buffer {
    return this.bytes;
  }

  add(chunk: Buffer): void {
    this.bytes = Buffer.concat([this.bytes, chunk]);
  }

  /** The next packet, or undefined where it is not all there. Throws where it can't be one. */
  take(): FirstPacket | undefined {
    const { bytes } = this;
    if (bytes.length < 4) return undefined;
    const length = bytes.readUInt32BE(0);
    if (length < HEADER_BYTES || length > MAX_STARTUP_BYTES) throw new RangeError('invalid length of startup packet');
    if (bytes.length < length) return undefined;
    this.bytes = bytes.subarray(length);
    return readFirstPacket(bytes.subarray(0, length));
  }
}

export function readFirstPacket(packet: Buffer): FirstPacket {
  const code = packet.length < HEADER_BYTES ? 0 : packet.readUInt32BE(4);
  if (code === SSL_REQUEST || code === GSS_REQUEST) return { kind: 'encryption' };
  if (code === CANCEL_REQUEST && packet.length >= HEADER_BYTES + 8) {
    return { kind: 'cancel', pid: packet.readUInt32BE(8), key: packet.readInt32BE(12) };
  }
  const major = code >>> 16;
  const minor = code & 0xffff;
  if (major !== SUPPORTED_MAJOR) return { kind: 'unsupported', version: `${major}.${minor}` };
  return { kind: 'startup', minor, parameters: readParameters(packet) };
}

function readParameters(packet: Buffer): ReadonlyMap<string, string> {
  const parts = packet.toString('utf8', HEADER_BYTES).split('\0');
  const parameters = new Map<string, string>();
  for (let index = 0; index + 1 < parts.length && parts[index] !== ''; index += 2) {
    parameters.set(parts[index] ?? '', parts[index + 1] ?? '');
  }
  return parameters;
}
