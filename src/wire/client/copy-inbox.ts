import { Spool } from '../../db/spool.ts';
import { bytesOf, type ClientMessage, COPY_DATA, COPY_DONE } from '../protocol/messages.ts';

/** Whoever may connect may fill the disk anyway. */
const newSpool = (): Spool => new Spool(Number.POSITIVE_INFINITY);

/** The client's data for one COPY, up to its end: nobody waits for it, and a client that leaves halfway has touched nothing. */
export class CopyInbox {
  private spool = newSpool();
  private last: ClientMessage | undefined;
  private ended = Promise.withResolvers<void>();

  add(message: ClientMessage): void {
    if (this.last !== undefined) return;
    if (message.type === COPY_DATA) {
      this.spool.add(bytesOf(message));
      return;
    }
    this.last = message;
    this.spool.end();
    this.ended.resolve();
  }

  /** Resolves once CopyDone or CopyFail has come. */
  get complete(): Promise<void> {
    return this.ended.promise;
  }

  /** The messages for the engine. After CopyFail none of the data matters. */
  async *messages(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    if (this.last?.type === COPY_DONE) yield* this.spool.read();
    if (this.last !== undefined) yield new Uint8Array(bytesOf(this.last));
  }

  /** Forgets it all; ready for the next COPY. */
  clear(): void {
    this.spool.dispose();
    this.spool = newSpool();
    this.last = undefined;
    this.ended = Promise.withResolvers<void>();
  }
}
