import { STALL, within } from './pace.ts';

/**
 * The way out of rows: what comes first is held back until it is more than so many bytes, or all there is. From then on a piece is
 * only taken when the client has room for it.
 */
export class Outlet {
  /** A stream once what was held back is too much, null where everything was held back; rejects where it failed before that. */
  readonly opened: Promise<ReadableStream<Uint8Array> | null>;
  readonly #most: number;
  readonly #opening = Promise.withResolvers<ReadableStream<Uint8Array> | null>();
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;

  constructor(most: number) {
    this.#most = most;
    this.opened = this.#opening.promise;
  }

  /** Nothing has gone out yet. */
  get held(): boolean {
    return this.#writer === undefined;
  }

  /** What stands before all rows. */
  begin(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
  }

  async write(piece: Uint8Array): Promise<void> {
    if (piece.length === 0) return;
    if (this.#writer === undefined) this.begin(piece);
    else await this.#send(this.#writer, piece);
    if (this.#writer === undefined && this.#bytes > this.#most) await this.#open();
  }

  /** All that was held back. */
  whole(): Uint8Array<ArrayBuffer> {
    return Buffer.concat(this.#pieces);
  }

  end(): void {
    this.#opening.resolve(null);
    this.#writer?.close().catch(() => {}); // the client has gone, and wants to know nothing more
  }

  /** What had begun is broken off without a reason: the server would print it. */
  fail(error: unknown): void {
    this.#opening.reject(error);
    this.#writer?.abort().catch(() => {});
  }

  async #open(): Promise<void> {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    this.#writer = writable.getWriter();
    this.#opening.resolve(readable);
    const first = this.whole();
    this.#pieces = [];
    await this.#send(this.#writer, first);
  }

  #send(writer: WritableStreamDefaultWriter<Uint8Array>, piece: Uint8Array): Promise<void> {
    return within(STALL, writer.write(piece), 'Room for the next rows');
  }
}
