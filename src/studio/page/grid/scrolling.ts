import { useSignal, useSignalEffect } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { insertsOf } from '../stage/staged.ts';
import { type ColumnWindow, useColumnWindow, useSize } from './column-window.ts';
import { GUTTER, type PlacedColumn } from './layout.ts';
import type { RowSource } from './source.ts';
import { active, rowCount } from './state.ts';
import { HEAD, ROW, scrollTo, type Viewport, viewportOf } from './viewport.ts';

export interface Scrolling {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly viewport: Viewport;
  readonly window: ColumnWindow;
  /** Rows of a step by page. */
  readonly page: number;
  onScroll(event: { readonly currentTarget: HTMLElement }): void;
  onWheel(event: WheelEvent): void;
}

/** Which rows and columns are in view: the rows are asked for, and the active cell stays among them. */
export function useScrolling(source: RowSource, columns: readonly PlacedColumn[]): Scrolling {
  const scroller = useRef<HTMLDivElement>(null);
  const scrolled = useSignal(0);
  const { width, height } = useSize(scroller).value;
  const sideways = useColumnWindow(columns, width);
  const viewport = viewportOf(rowCount.value, scrolled.value, height);
  const inserts = insertsOf(source.table).length;

  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
    scrolled.value = 0;
    // what led here is gone, as a link of another view: the keys go on in the rows
    if (document.activeElement === document.body) scroller.current?.focus();
  }, [source]);
  useEffect(() => scroller.current?.scrollTo({ left: 0 }), [source.table]);
  useEffect(
    () => source.want(viewport.first - inserts, viewport.last - inserts),
    [viewport.first, viewport.last, source],
  );
  useSignalEffect(() => {
    const { row, column } = active.value;
    if (scroller.current !== null) reveal(scroller.current, columns, row, column);
  });

  return {
    scroller,
    viewport,
    window: sideways.window,
    page: Math.max(1, Math.floor((height - HEAD) / ROW) - 1),
    onScroll(event) {
      scrolled.value = event.currentTarget.scrollTop;
      sideways.onScroll(event.currentTarget.scrollLeft);
    },
    onWheel(event) {
      if (viewport.scale === 1 || event.deltaY === 0 || scroller.current === null) return;
      event.preventDefault();
      scroller.current.scrollTop += event.deltaY / viewport.scale;
    },
  };
}

/** Scrolls as little as possible, so that a cell is wholly seen beside the pinned columns. */
function reveal(element: HTMLElement, columns: readonly PlacedColumn[], row: number, column: number): void {
  const top = scrollTo(row, rowCount.peek(), element.scrollTop, element.clientHeight);
  if (top !== element.scrollTop) element.scrollTop = top;
  const place = columns[column];
  if (place === undefined || place.pinned) return;
  const pinned = columns.reduce((sum, it) => (it.pinned ? sum + it.width : sum), GUTTER);
  const left = place.left + GUTTER;
  if (left - pinned < element.scrollLeft) element.scrollLeft = left - pinned;
  else if (left + place.width > element.scrollLeft + element.clientWidth)
    element.scrollLeft = left + place.width - element.clientWidth;
}
