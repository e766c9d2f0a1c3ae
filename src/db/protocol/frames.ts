/** Takes one backend message: its type byte, and where its body lies in `buffer` (valid only during the call). */
export type Receive = (type: number, buffer: Buffer, start: number, end: number) => void;

/** A type byte and a length. */
export const HEADER_BYTES = 5;

/** Cuts a stream of chunks into protocol messages; a message split over chunks is put together, others are not copied. */
export class Frames {
  private parts: Buffer[] = [];
  private held = 0;
  private wanted = 0;

  /** Bytes of the message being put together, or 0 where its header is not complete yet. */
  get awaited(): number {
    return this.wanted;
  }

  push(chunk: Uint8Array, receive: Receive): void {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.held === 0) {
      this.cut(bytes, receive);
      return;
    }
    this.parts.push(bytes);
    this.held += bytes.length;
    if (this.held < Math.max(this.wanted, HEADER_BYTES)) return;
    const whole = Buffer.concat(this.parts, this.held);
    this.clear();
    this.cut(whole, receive);
  }

  /** Forgets half a message, when its connection is gone. */
  clear(): void {
    this.parts = [];
    this.held = 0;
    this.wanted = 0;
  }

  private cut(bytes: Buffer, receive: Receive): void {
    let at = 0;
    while (at + HEADER_BYTES <= bytes.length) {
      const end = at + 1 + bytes.readUInt32BE(at + 1);
      if (end > bytes.length) break;
      receive(bytes.readUInt8(at), bytes, at + HEADER_BYTES, end);
      at = end;
    }
    if (at < bytes.length) this.hold(bytes.subarray(at));
  }

  private hold(rest: Buffer): void {
    this.parts = [rest];
    this.held = rest.length;
    this.wanted = rest.length < HEADER_BYTES ? 0 : 1 + rest.readUInt32BE(1);
  }
}
