/** Pixels of a row. */
export const ROW = 33;
export const HEAD = 34;

/** Browsers draw no element taller than about 16 to 33 million pixels; above this the scrollbar stands for more than it shows. */
const TALLEST = 15_000_000;
/** Rows that are drawn beyond both edges. */
const BEYOND = 8;

/** Which rows are seen, and where they are drawn, for any number of rows. */
export interface Viewport {
  /** Pixels of the scrolled element. */
  readonly height: number;
  /** Pixels of content that one pixel of the scrollbar moves. */
  readonly scale: number;
  readonly first: number;
  readonly last: number;
  /** Where the drawn rows' block begins within the scrolled element; this moves with each step, the rows within it do not. */
  readonly shift: number;
  /** The row at the top of the block. */
  readonly base: number;
}

/** Rows of a block: few enough that their pixels stay exact, so many that it seldom changes. */
const BLOCK = 1_000;

export function viewportOf(rows: number, scrollTop: number, visible: number): Viewport {
  const content = rows * ROW;
  const height = Math.min(content, TALLEST);
  const scale = content <= TALLEST ? 1 : (content - visible) / Math.max(1, height - visible);
  const offset = scrollTop * scale;
  const first = Math.max(0, Math.floor(offset / ROW) - BEYOND);
  const last = Math.min(rows, Math.ceil((offset + visible) / ROW) + BEYOND);
  const base = Math.floor(first / BLOCK) * BLOCK;
  return { height, scale, first, last, base, shift: base * ROW - offset + scrollTop };
}

/** The scroll position at which a row is wholly seen, moving as little as possible. */
export function scrollTo(index: number, rows: number, scrollTop: number, visible: number): number {
  const { scale } = viewportOf(rows, scrollTop, visible);
  const offset = scrollTop * scale;
  const room = visible - HEAD;
  const top = index * ROW;
  if (top < offset) return top / scale;
  if (top + ROW > offset + room) return (top + ROW - room) / scale;
  return scrollTop;
}
