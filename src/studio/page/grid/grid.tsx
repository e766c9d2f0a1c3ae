import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { shownName } from '../app/catalog.ts';
import { insertsOf, stagedValue } from '../stage/staged.ts';
import { allLoaded, duplicateRow, followKey, idOf, isEditable, removeChosen, rowAt, setValue } from './actions.ts';
import type { Leave } from './editor.tsx';
import { GridHead } from './head.tsx';
import { isNumeric, kindOf } from './kind.ts';
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
  }, [source]);
  useEffect(
    () => source.want(viewport.first - inserts, viewport.last - inserts),
    [viewport.first, viewport.last, source],
  );
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
        if (shown !== undefined) followKey(table, column, stagedValue(shown.change, shown.row, column));
      },
      tick(row) {
        const shown = rowAt(row);
        if (shown === undefined) return;
        const id = idOf(table, shown.row, shown.change);
        const next = new Set(ticked.value);
        if (!next.delete(id)) next.add(id);
        ticked.value = next;
      },
      open(row) {
        active.value = { row, column: active.value.column };
        opened.value = { row, tab: opened.value?.tab ?? 'fields' };
      },
    };
  }, [table, columns]);

  const tickAll = () => {
    const all = allLoaded().map(({ row, change }) => idOf(table, row, change));
    ticked.value = ticked.value.size >= all.length ? new Set() : new Set(all);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current) return;
    const move = moves(event, Math.max(1, Math.floor((visible.value - HEAD) / ROW) - 1), rows, columns.length);
    const { row, column } = active.value;
    if (move !== undefined) active.value = move;
    else if (event.ctrlKey || event.metaKey) return shortcut(event, row, column);
    else if (event.key === 'Enter' || event.key === 'F2') on.edit(row, column);
    else if (event.key === ' ') on.open(row);
    else if (event.key === 'Escape') opened.value = null;
    else if (event.key === 'Delete') removeChosen('delete');
    else if (event.key === 'Backspace') clear(row, column);
    else if (event.key === 'o' && isReference(column)) on.follow(row, columns[column]?.column.name ?? '');
    else if (/^[-\d]$/.test(event.key) && !event.altKey) typeInto(row, column, event.key);
    else return;
    event.preventDefault();
  };
  const isReference = (column: number) =>
    table.foreignKeys.some((key) => key.columns.length === 1 && key.columns[0] === columns[column]?.column.name);
  const clear = (row: number, column: number) => {
    const place = columns[column];
    const shown = rowAt(row);
    if (place?.column.nullable && isEditable(table, place.column.name, shown?.change))
      setValue(row, place.column.name, null);
  };
  const typeInto = (row: number, column: number, key: string) => {
    const place = columns[column];
    const shown = rowAt(row);
    if (place === undefined || !isEditable(table, place.column.name, shown?.change)) return;
    if (isNumeric(kindOf(place.column))) editing.value = { row, column, typed: key };
  };
  const shortcut = (event: KeyboardEvent, row: number, column: number) => {
    if (event.key === 'd') {
      event.preventDefault();
      duplicateRow(row);
    } else if (event.key === 'c') {
      const shown = rowAt(row);
      const name = columns[column]?.column.name ?? '';
      const value = shown && stagedValue(shown.change, shown.row, name);
      void navigator.clipboard?.writeText(typeof value === 'string' ? value : JSON.stringify(value ?? null));
    }
  };

  const indexes = Array.from({ length: Math.max(0, viewport.last - viewport.first) }, (_, i) => viewport.first + i);
  const loaded = ticked.value.size > 0 ? allLoaded().length : 0;
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
    >
      <GridHead
        table={table}
        route={route}
        columns={columns}
        width={width}
        allTicked={loaded > 0 && ticked.value.size >= loaded}
        onTickAll={tickAll}
      />
      <div class="grid-body" role="rowgroup" style={{ height: px(viewport.height), width: px(width) }}>
        <div role="presentation" class="grid-block" style={{ transform: `translateY(${viewport.shift}px)` }}>
          {indexes.map((index) => {
            const shown = rowAt(index);
            const isTicked = shown !== undefined && ticked.value.has(idOf(table, shown.row, shown.change));
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

/** Where a key leads from the active cell; undefined for a key that does not move. */
function moves(event: KeyboardEvent, page: number, rows: number, columns: number) {
  const { row, column } = active.value;
  const far = event.ctrlKey || event.metaKey;
  const steps: Readonly<Record<string, readonly [number, number]>> = {
    ArrowDown: [far ? rows : 1, 0],
    ArrowUp: [far ? -rows : -1, 0],
    ArrowRight: [0, far ? columns : 1],
    ArrowLeft: [0, far ? -columns : -1],
    PageDown: [page, 0],
    PageUp: [-page, 0],
    Home: [far ? -rows : 0, -columns],
    End: [far ? rows : 0, columns],
  };
  const step = event.altKey ? undefined : steps[event.key];
  if (step === undefined) return undefined;
  return {
    row: Math.max(0, Math.min(rows - 1, row + step[0])),
    column: Math.max(0, Math.min(columns - 1, column + step[1])),
  };
}
