import type { Lease } from '../db/index.ts';
import { COPY_IN } from '../db/protocol/backend.ts';
import { Frames, HEADER_BYTES } from '../db/protocol/frames.ts';
import { copyFail, query } from '../db/protocol/frontend.ts';
import { Writer } from '../db/protocol/writer.ts';
import { type ClientMessage, COPY_DATA, COPY_DONE } from './protocol/messages.ts';
import { Spool } from './spool.ts';

/** The client's data for one COPY, up to its end. */
export class CopyInbox {
  private spool = new Spool();
  private last: ClientMessage | undefined;
  private ended = Promise.withResolvers<void>();

  add(message: ClientMessage): void {
    if (this.last !== undefined) return;
    if (message.type === COPY_DATA) {
      this.spool.add(message.bytes);
      return;
    }
    this.last = message;
    this.ended.resolve();
  }

  /** Resolves once CopyDone or CopyFail has come. */
  get complete(): Promise<void> {
    return this.ended.promise;
  }

  /** The messages for the engine. After CopyFail none of the data matters. */
  async *messages(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    if (this.last?.type === COPY_DONE) yield* this.spool.read();
    if (this.last !== undefined) yield new Uint8Array(this.last.bytes);
  }

  /** Forgets it all; ready for the next COPY. */
  clear(): void {
    this.spool.dispose();
    this.spool = new Spool();
    this.last = undefined;
    this.ended = Promise.withResolvers<void>();
  }
}

const SAVEPOINT = 'SAVEPOINT hutch_wire_copy';
const BACK = 'ROLLBACK TO SAVEPOINT hutch_wire_copy; RELEASE SAVEPOINT hutch_wire_copy';

/**
 * The CopyInResponse that Postgres gives to a `COPY … FROM STDIN`, with its format and columns, or undefined where it refuses. To
 * learn it the COPY is begun and failed before it has read anything.
 */
export async function copyResponse(lease: Lease, sql: string): Promise<Uint8Array | undefined> {
  const inside = lease.state !== 'idle';
  const writer = new Writer();
  if (inside) query(writer, SAVEPOINT);
  query(writer, sql);
  copyFail(writer, 'asked for its response only');
  if (inside) query(writer, BACK);
  const frames = new Frames();
  const found: Uint8Array[] = [];
  await lease.stream(writer.take(), (piece) =>
    frames.push(piece, (type, buffer, start, end) => {
      if (type === COPY_IN) found.push(new Uint8Array(buffer.subarray(start - HEADER_BYTES, end)));
    }),
  );
  return found[0];
}

/** Text format, its columns untold: for a COPY that can't be asked by itself. */
export const plainCopyResponse = (): Uint8Array => new Writer().begin(COPY_IN).byte(0).int16(0).end().take();
