import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { shownName } from '../app/catalog.ts';
import { insertsOf } from '../stage/staged.ts';
import { copyFrom, pasteInto } from '../transfer/clipboard.ts';
import { allLoaded, followKey, idOf, isEditable, rowAt, setValue, tick } from './actions.ts';
import type { Leave } from './editor.tsx';
import { GridHead } from './head.tsx';
import { pressed } from './keyboard.ts';
import { kindOf } from './kind.ts';
import { layoutOf, placed, px } from './layout.ts';
import { type GridEvents, GridRow, GUTTER } from './row.tsx';
import type { RowSource } from './source.ts';
import { active, editing, opened, rowCount, ticked } from './state.ts';
import { HEAD, ROW, scrollTo, viewportOf } from './viewport.ts';

/** A table's rows, as many as there are: only those in view are drawn, and only those near it are fetched. */
export function Grid({ source }: { readonly source: RowSource }) {
  const { table, route } = source;
  const scroller = useRef<HTMLDivElement>(null);
  const scrolled = useSignal(0);
  const visible = useSignal(600);
  const lastTicked = useRef<number | null>(null);
  const layout = layoutOf(table).value;
  const columns = useMemo(() => (layout === undefined ? [] : placed(table, layout)), [table, layout]);
  const width = columns.reduce((sum, place) => sum + place.width, GUTTER);
  source.version.value; // new rows are drawn
  const rows = rowCount.value;
  const inserts = insertsOf(table).length;
  const viewport = viewportOf(rows, scrolled.value, visible.value);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const measure = () => {
      visible.value = element.clientHeight;
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
    scrolled.value = 0;
    // what led here is gone, as a link of another view: the keys go on in the rows
    if (document.activeElement === document.body) scroller.current?.focus();
  }, [source]);
  useEffect(
    () => source.want(viewport.first - inserts, viewport.last - inserts),
    [viewport.first, viewport.last, source],
  );
  useEffect(() => {
    if (rows > 0 && active.peek().row >= rows) active.value = { ...active.peek(), row: rows - 1 };
  }, [rows]);
  useSignalEffect(() => reveal(active.value.row, active.value.column));

  function reveal(row: number, column: number): void {
    const element = scroller.current;
    if (element === null) return;
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

  const on = useMemo((): GridEvents => {
    const edit = (row: number, column: number, typed?: string) => {
      const place = columns[column];
      const shown = rowAt(row);
      if (place === undefined || shown === undefined || !isEditable(table, place.column.name, shown.change)) return;
      if (kindOf(place.column) === 'json') opened.value = { row, tab: 'fields' };
      else editing.value = { row, column, typed };
    };
    const leaveTo = (row: number, column: number, leave: Leave) => {
      const [down, right] = { stay: [0, 0], below: [1, 0], next: [0, 1], previous: [0, -1] }[leave] ?? [0, 0];
      active.value = {
        row: Math.min(rowCount.peek() - 1, row + (down ?? 0)),
        column: Math.max(0, Math.min(columns.length - 1, column + (right ?? 0))),
      };
    };
    return {
      activate(row, column) {
        active.value = { row, column };
        if (opened.value !== null) opened.value = { ...opened.value, row };
      },
      edit,
      commit(row, column, value, leave) {
        const place = columns[column];
        editing.value = null;
        if (place !== undefined) setValue(row, place.column.name, value);
        leaveTo(row, column, leave);
        if (leave !== 'stay') scroller.current?.focus();
      },
      cancel() {
        editing.value = null;
        scroller.current?.focus();
      },
      follow(row, column) {
        const shown = rowAt(row);
        if (shown !== undefined) followKey(table, column, shown);
      },
      tick(row, onwards) {
        const from = onwards ? (lastTicked.current ?? row) : row;
        lastTicked.current = row;
        const rows = Array.from({ length: Math.abs(row - from) + 1 }, (_, at) => rowAt(Math.min(row, from) + at));
        const wanted = rows.filter((shown) => shown !== undefined);
        tick(table, from === row ? wanted : wanted.filter((shown) => !ticked.value.has(idOf(table, shown))));
      },
      open(row) {
        active.value = { row, column: active.value.column };
        opened.value = { row, tab: opened.value?.tab ?? 'fields' };
      },
    };
  }, [table, columns]);

  /** The clipboard's events come from where somebody has clicked last, so they do not tell. */
  const isFocused = () => document.activeElement === scroller.current;
  const onKeyDown = (event: KeyboardEvent) => {
    if (!isFocused()) return;
    const page = Math.max(1, Math.floor((visible.value - HEAD) / ROW) - 1);
    if (pressed(event, { source, columns, page, on })) event.preventDefault();
  };

  const indexes = Array.from({ length: Math.max(0, viewport.last - viewport.first) }, (_, i) => viewport.first + i);
  const all = ticked.value.size > 0 ? allLoaded() : [];
  return (
    <div
      ref={scroller}
      class="grid"
      role="grid"
      tabIndex={0}
      aria-label={`Rows of ${shownName(table)}`}
      aria-rowcount={rows + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable="true"
      aria-activedescendant={rows > 0 ? `cell-${active.value.row}-${active.value.column}` : undefined}
      onScroll={(event) => {
        scrolled.value = event.currentTarget.scrollTop;
      }}
      onWheel={(event) => {
        if (viewport.scale === 1 || event.deltaY === 0 || scroller.current === null) return;
        event.preventDefault();
        scroller.current.scrollTop += event.deltaY / viewport.scale;
      }}
      onKeyDown={onKeyDown}
      onCopy={(event) => isFocused() && copyFrom(event)}
      onPaste={(event) => isFocused() && pasteInto(event)}
    >
      <GridHead
        table={table}
        route={route}
        columns={columns}
        width={width}
        allTicked={all.length > 0 && all.every((shown) => ticked.value.has(idOf(table, shown)))}
        onTickAll={() => tick(table, allLoaded())}
      />
      <div class="grid-body" role="rowgroup" style={{ height: px(viewport.height), width: px(width) }}>
        <div role="presentation" class="grid-block" style={{ transform: `translateY(${viewport.shift}px)` }}>
          {indexes.map((index) => {
            const shown = rowAt(index);
            const isTicked = shown !== undefined && ticked.value.has(idOf(table, shown));
            return (
              <GridRow
                key={index}
                table={table}
                index={index}
                row={shown?.row}
                change={shown?.change}
                top={(index - viewport.base) * ROW}
                width={width}
                columns={columns}
                active={active.value.row === index ? active.value.column : -1}
                editing={editing.value?.row === index ? editing.value : null}
                ticked={isTicked}
                opened={opened.value?.row === index}
                on={on}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}
