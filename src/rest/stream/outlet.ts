import { Spool } from '../../db/index.ts';
import type { Hold } from './hold.ts';
import { STALL, within } from './pace.ts';

/**
 * The way out of rows: what comes first is held back until it is more than so many bytes, or all there is. From then on the client takes
 * them at his pace, and whoever writes need not wait for that until a spool is full.
 */
export class Outlet {
  /** A stream once what was held back is too much, null where everything was held back; rejects where it failed before that. */
  readonly opened: Promise<ReadableStream<Uint8Array> | null>;
  readonly #most: number;
  readonly #hold: Hold;
  readonly #opening = Promise.withResolvers<ReadableStream<Uint8Array> | null>();
  readonly #spool = new Spool();
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #sent: Promise<void> | undefined;

  /** `most`: bytes that are held back. `hold`: what a full spool may keep the writer waiting. */
  constructor(most: number, hold: Hold) {
    this.#most = most;
    this.#hold = hold;
    this.opened = this.#opening.promise;
  }

  /** Nothing has gone out yet. */
  get held(): boolean {
    return this.#sent === undefined;
  }

  /** Settles once nothing more goes out; rejects with the reason where a stream that had begun was broken off. */
  get sent(): Promise<void> {
    return this.#sent ?? Promise.resolve();
  }

  /** What stands before all rows. */
  begin(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
  }

  /** Rejects where the client takes no more. */
  async write(piece: Uint8Array): Promise<void> {
    if (piece.length === 0) return;
    if (this.held) this.begin(piece);
    else this.#spool.add(piece);
    if (this.held && this.#bytes > this.#most) this.#open();
    if (this.#spool.full) await this.#hold.during(this.#spool.room(), 'Room for the next rows');
    if (this.#spool.disposed) await this.#sent;
  }

  /** All that was held back. */
  whole(): Uint8Array<ArrayBuffer> {
    return Buffer.concat(this.#pieces);
  }

  end(): void {
    this.#opening.resolve(null);
    this.#spool.end();
  }

  /** What had begun is broken off behind the rows that there were. */
  fail(error: unknown): void {
    this.#opening.reject(error);
    this.#spool.fail(error);
  }

  #open(): void {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    this.#opening.resolve(readable);
    for (const piece of this.#pieces) this.#spool.add(piece);
    this.#pieces = [];
    this.#sent = this.#send(writable.getWriter());
    this.#sent.catch(() => {}); // for whoever asks
  }

  async #send(writer: WritableStreamDefaultWriter<Uint8Array>): Promise<void> {
    try {
      for await (const piece of this.#spool.read()) {
        await within(STALL, writer.write(piece), 'Room for the next rows');
      }
    } catch (error) {
      this.#spool.dispose();
      writer.abort().catch(() => {}); // without a reason: the server would print it
      throw error;
    }
    await writer.close().catch(() => {}); // the client has gone, and wants to know nothing more
  }
}
