import { type ReadonlySignal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';

/** A column as far as its place goes: pixels from the left edge, and whether it stays in view. */
export interface Placed {
  readonly left: number;
  readonly width: number;
  readonly pinned: boolean;
}

/** Indices of the columns that are drawn beside the pinned ones, which come first: of thousands, those in view. */
export interface ColumnWindow {
  readonly from: number;
  readonly to: number;
}

/** Pixels beyond both edges in which columns are drawn too. */
const BEYOND = 600;
/** Pixels of scrolling after which the window is looked at again. */
const STEP = 200;

function windowOf(columns: readonly Placed[], scrolled: number, visible: number): ColumnWindow {
  const isSeen = ({ left, width, pinned }: Placed) =>
    !pinned && left + width > scrolled - BEYOND && left < scrolled + visible + BEYOND;
  const from = columns.findIndex(isSeen);
  if (from < 0) return { from: columns.length, to: columns.length };
  const behind = columns.findIndex((column, index) => index > from && !isSeen(column));
  return { from, to: behind < 0 ? columns.length : behind };
}

/** The indices of what is drawn: the pinned columns, the window, and one beside them (the one that is edited). */
export function drawnColumns(
  columns: readonly Placed[],
  { from, to }: ColumnWindow,
  beside?: number,
): readonly number[] {
  const pinned = columns.findIndex((column) => !column.pinned);
  const first = Array.from({ length: pinned < 0 ? columns.length : pinned }, (_, index) => index);
  const seen = Array.from({ length: to - from }, (_, at) => from + at);
  const isDrawn = beside === undefined || (beside >= from && beside < to) || beside < first.length;
  return isDrawn ? [...first, ...seen] : [...first, ...seen, beside];
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The inner size of an element, as it is now. */
export function useSize(element: RefObject<HTMLElement | null>): ReadonlySignal<Size> {
  const size = useSignal<Size>({ width: 1_200, height: 600 });
  useEffect(() => {
    const observed = element.current;
    if (observed === null) return;
    const measure = () => {
      size.value = { width: observed.clientWidth, height: observed.clientHeight };
    };
    const observer = new ResizeObserver(measure);
    observer.observe(observed);
    measure();
    return () => observer.disconnect();
  }, []);
  return size;
}

export interface SidewaysScrolling {
  readonly window: ColumnWindow;
  onScroll(left: number): void;
}

/** Which columns are in view of a scrolled element. */
export function useColumnWindow(columns: readonly Placed[], visible: number): SidewaysScrolling {
  const scrolled = useSignal(0);
  return {
    window: windowOf(columns, scrolled.value, visible),
    onScroll(left) {
      scrolled.value = Math.floor(left / STEP) * STEP;
    },
  };
}
