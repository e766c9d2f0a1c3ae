import type { Shape } from './shape.ts';
import type { Cells } from './source.ts';

/** Characters of COPY text kept before they are sent: what a call of any size needs at a time, twice over. */
const PIECE = 2 * 1024 * 1024;
/** Rows of a piece where there is no COPY and JSON takes its place. */
const JSON_ROWS = 5_000;

/** Rows of one shape on their way: as lines of COPY, or as cells where there is no COPY. */
export interface Piece {
  readonly shape: Shape;
  text: string;
  readonly cells: Cells[];
}

/** Gathers rows by shape and sends them in pieces of bounded size, one after the other, while further rows are encoded. */
export class Pieces {
  readonly #pieces = new Map<Shape, Piece>();
  #sending: Promise<unknown> = Promise.resolve();

  /** @param line a row as a line of COPY; undefined where there is no COPY */
  constructor(
    private readonly line: ((shape: Shape, row: Cells) => string) | undefined,
    private readonly sendPiece: (piece: Piece) => Promise<void>,
  ) {}

  /** Whether a piece is full, so that `send` is due. */
  add(shape: Shape, row: Cells): boolean {
    let piece = this.#pieces.get(shape);
    if (!piece) {
      piece = { shape, text: '', cells: [] };
      this.#pieces.set(shape, piece);
    }
    if (!this.line) return piece.cells.push(row) >= JSON_ROWS;
    piece.text += this.line(shape, row);
    return piece.text.length >= PIECE;
  }

  /** Sends what has gathered, once the pieces before it are through; resolves when it is on its way. */
  async send(): Promise<void> {
    await this.#sending;
    const pieces = [...this.#pieces.values()];
    this.#pieces.clear();
    this.#sending = this.#sendAll(pieces);
    // It is awaited by the next call; until then it must not count as unhandled.
    this.#sending.catch(() => undefined);
  }

  async #sendAll(pieces: readonly Piece[]): Promise<void> {
    for (const piece of pieces) await this.sendPiece(piece);
  }

  async finish(): Promise<void> {
    await this.send();
    await this.#sending;
  }
}
