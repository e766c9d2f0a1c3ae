const INITIAL_BYTES = 4096;
/** Characters up to which a loop beats the encoder. */
const SHORT = 24;
/** A buffer that one large request has grown is let go after it, not kept for the life of the connection. */
const KEPT_BYTES = 256 * 1024;

/** A growing buffer that frontend messages are written into; one request is one `take()`. */
export class Writer {
  private buffer: Buffer = Buffer.allocUnsafe(INITIAL_BYTES);
  private at = 0;
  private lengthAt = 0;

  get size(): number {
    return this.at;
  }

  /** Starts a message: its type byte and a place for its length. */
  begin(type: number): this {
    this.need(5);
    this.buffer[this.at++] = type;
    this.lengthAt = this.at;
    this.at += 4;
    return this;
  }

  /** Ends the message begun last. */
  end(): this {
    this.buffer.writeInt32BE(this.at - this.lengthAt, this.lengthAt);
    return this;
  }

  byte(value: number): this {
    this.need(1);
    this.buffer[this.at++] = value;
    return this;
  }

  int16(value: number): this {
    this.need(2);
    this.at = this.buffer.writeUInt16BE(value, this.at);
    return this;
  }

  int32(value: number): this {
    this.need(4);
    this.at = this.buffer.writeInt32BE(value, this.at);
    return this;
  }

  /** A zero-terminated string. A NUL inside would end the message early and smuggle another, so it ends here instead. */
  cstring(text: string): this {
    if (text.includes('\0')) throw new TypeError('invalid byte sequence: SQL text must not contain a NUL character');
    return this.text(text).byte(0);
  }

  /** A string with its byte length before it. */
  sized(text: string): this {
    this.need(4);
    const lengthAt = this.at;
    this.at += 4;
    this.text(text);
    this.buffer.writeInt32BE(this.at - lengthAt - 4, lengthAt);
    return this;
  }

  bytes(bytes: Uint8Array): this {
    this.need(bytes.length);
    this.buffer.set(bytes, this.at);
    this.at += bytes.length;
    return this;
  }

  /** Bytes of another buffer, without a view of them: to make one costs more than to copy a short message. */
  slice(buffer: Buffer, start: number, end: number): this {
    this.need(end - start);
    this.at += buffer.copy(this.buffer, this.at, start, end);
    return this;
  }

  /** The request so far, in memory of its own (it may be transferred to a Worker); the writer is empty after it. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = new Uint8Array(this.at);
    taken.set(this.buffer.subarray(0, this.at));
    this.at = 0;
    if (this.buffer.length > KEPT_BYTES) this.buffer = Buffer.allocUnsafe(INITIAL_BYTES);
    return taken;
  }

  /** Forgets what was written since the last `take`. */
  clear(): void {
    this.at = 0;
  }

  private text(text: string): this {
    this.need(text.length * 3);
    if (text.length > SHORT || !this.ascii(text)) this.at += this.buffer.write(text, this.at, 'utf8');
    return this;
  }

  /** Names and short values, of which a request has dozens, are written here: a call of the encoder costs more than the bytes. */
  private ascii(text: string): boolean {
    const { buffer, at } = this;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > 127) return false;
      buffer[at + index] = code;
    }
    this.at = at + text.length;
    return true;
  }

  private need(bytes: number): void {
    const wanted = this.at + bytes;
    if (wanted <= this.buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(wanted, this.buffer.length * 2));
    this.buffer.copy(grown, 0, 0, this.at);
    this.buffer = grown;
  }
}
