/** `PGCOPY\n\xff\r\n\0`, flags, and the length of an extension that nobody has. */
const HEADER = 19;
/** How many columns, and how long the first is. */
const ROW_HEAD = 6;
/** In place of a number of columns. */
const TRAILER = -1;

/** The values of a binary `COPY` of one column, put together: whole rows come in each piece, whatever bytes are in them. */
export class CopiedRows {
  /** Rows so far. */
  count = 0;
  #begun = false;

  /** The values in this piece, one after the other. */
  take(piece: Uint8Array): Uint8Array {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const values = Buffer.allocUnsafe(bytes.length);
    let at = this.#begun ? 0 : HEADER;
    let length = 0;
    this.#begun = true;
    while (at + ROW_HEAD <= bytes.length && bytes.readInt16BE(at) !== TRAILER) {
      const end = at + ROW_HEAD + bytes.readInt32BE(at + 2);
      length += bytes.copy(values, length, at + ROW_HEAD, end);
      this.count++;
      at = end;
    }
    return values.subarray(0, length);
  }
}
