/** The first packet of a connection: it has a length and a code, but no type byte. */

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
export const MAX_STARTUP_BYTES = 10_000;

/** The packet's length, or undefined where not even that has come. */
export function startupLength(bytes: Buffer): number | undefined {
  return bytes.length < 4 ? undefined : bytes.readUInt32BE(0);
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

/** Startup parameters that are not settings of the session. */
const NOT_SETTINGS: ReadonlySet<string> = new Set(['user', 'database', 'options', 'replication']);

export interface StartupSetting {
  readonly name: string;
  readonly value: string;
}

/** The session settings that a startup packet asks for: those of `options` (`-c name=value`) and those by name. */
export function startupSettings(parameters: ReadonlyMap<string, string>): readonly StartupSetting[] {
  const settings = optionSettings(parameters.get('options') ?? '');
  for (const [name, value] of parameters) {
    if (!NOT_SETTINGS.has(name) && !name.startsWith('_pq_.')) settings.push({ name, value });
  }
  return settings;
}

/** `-c name=value`, `-cname=value` and `--name=value`, words parted by spaces; a backslash takes what follows literally. */
function optionSettings(options: string): StartupSetting[] {
  const words = [...options.matchAll(/(?:\\.|[^\s\\])+/gs)].map(([word]) => word.replace(/\\(.)/gs, '$1'));
  const settings: StartupSetting[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    const assignment = word === '-c' ? (words[++index] ?? '') : word.replace(/^(?:--|-c)/, '');
    const equals = assignment.indexOf('=');
    if (equals < 1) throw new RangeError(`invalid command-line argument for server process: ${word}`);
    settings.push({ name: assignment.slice(0, equals).replaceAll('-', '_'), value: assignment.slice(equals + 1) });
  }
  return settings;
}
