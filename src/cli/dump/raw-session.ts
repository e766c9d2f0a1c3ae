import { ERROR, READY, readError } from '../../db/protocol/backend.ts';
import { Frames } from '../../db/protocol/frames.ts';
import { HutchError } from '../../errors/index.ts';

const PROTOCOL_3 = 196_608;
const TERMINATE = 'X\0\0\0\x04';

/** A connection to a Postgres port that asks for no password, to pass on protocol that somebody else speaks. */
export class RawSession {
  private replies: Uint8Array[] = [];
  private waiting: PromiseWithResolvers<Uint8Array> | undefined;
  private readonly frames = new Frames();
  private ended = false;

  private constructor(private readonly send: (bytes: Uint8Array | string) => void) {}

  /** Connects; resolves when the session is ready, to what the server said on the way there. */
  static async open(url: string): Promise<{ readonly session: RawSession; readonly greeting: Uint8Array }> {
    const { hostname, port, username, pathname } = new URL(url);
    let session: RawSession | undefined;
    const waiting: Uint8Array[] = [];
    const socket = await Bun.connect({
      hostname,
      port: Number(port || 5432),
      socket: {
        data: (_socket, chunk) => session?.take(chunk),
        close: () => session?.end(),
        error: () => session?.end(),
        drain: (connected) => flush(connected, waiting),
      },
    });
    const opened = new RawSession((bytes) => {
      waiting.push(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
      flush(socket, waiting);
    });
    session = opened;
    const startup = startupPacket(decodeURIComponent(username) || 'postgres', pathname.slice(1) || 'postgres');
    return { session: opened, greeting: await opened.exchange(startup) };
  }

  /** Sends messages; the reply up to ReadyForQuery. Messages that are no whole cycle have no reply. */
  exchange(bytes: Uint8Array): Promise<Uint8Array> {
    this.waiting = Promise.withResolvers<Uint8Array>();
    const { promise } = this.waiting;
    if (this.ended) this.end();
    else this.send(bytes);
    return promise;
  }

  close(): void {
    if (!this.ended) this.send(TERMINATE);
    this.ended = true;
  }

  private take(chunk: Uint8Array): void {
    this.frames.push(chunk, (type, buffer, start, end) => {
      this.replies.push(new Uint8Array(buffer.subarray(start - 5, end)));
      if (type === ERROR && readError(buffer, start).fields.severity === 'FATAL')
        this.refuse(readError(buffer, start).message);
      if (type === 0x52 && buffer.readUInt32BE(start) !== 0) this.refuse('it asks for a password; use pg_dump itself');
      if (type === READY) this.answer();
    });
  }

  private answer(): void {
    const reply = Buffer.concat(this.replies);
    this.replies = [];
    this.waiting?.resolve(reply);
  }

  private refuse(details: string): void {
    this.waiting?.reject(new HutchError('database_unavailable', { details }));
  }

  private end(): void {
    this.ended = true;
    this.refuse('The connection was ended.');
  }
}

function flush(socket: { write(bytes: Uint8Array): number }, waiting: Uint8Array[]): void {
  for (let bytes = waiting[0]; bytes !== undefined; bytes = waiting[0]) {
    const written = Math.max(0, socket.write(bytes));
    if (written < bytes.length) {
      waiting[0] = bytes.subarray(written);
      return;
    }
    waiting.shift();
  }
}

function startupPacket(user: string, database: string): Uint8Array {
  const body = Buffer.from(`user\0${user}\0database\0${database}\0application_name\0hutch db dump\0\0`);
  const packet = Buffer.alloc(8 + body.length);
  packet.writeUInt32BE(packet.length, 0);
  packet.writeUInt32BE(PROTOCOL_3, 4);
  body.copy(packet, 8);
  return packet;
}
