import { useEffect, useMemo } from 'preact/hooks';
import { shownName } from '../app/catalog.ts';
import { copyFrom, pasteInto } from '../transfer/clipboard.ts';
import { allLoaded, idOf, rowAt, tick } from './actions.ts';
import type { ColumnWindow } from './column-window.ts';
import { gridEvents } from './events.ts';
import { GridHead } from './head.tsx';
import { pressed } from './keyboard.ts';
import { GUTTER, layoutOf, placed, px } from './layout.ts';
import { GridRow, type GridRowProps } from './row.tsx';
import { useScrolling } from './scrolling.ts';
import type { RowSource } from './source.ts';
import { active, editing, opened, rowCount, ticked } from './state.ts';
import { ROW, type Viewport } from './viewport.ts';

/** A table's rows, as many as there are: only those in view are drawn, and only those near it are fetched. */
export function Grid({ source }: { readonly source: RowSource }) {
  const { table, route } = source;
  const layout = layoutOf(table).value;
  const columns = useMemo(() => (layout === undefined ? [] : placed(table, layout)), [table, layout]);
  const width = columns.reduce((sum, place) => sum + place.width, GUTTER);
  const { scroller, viewport, window, page, onScroll, onWheel } = useScrolling(source, columns);
  const on = useMemo(() => gridEvents(table, columns, () => scroller.current?.focus()), [table, columns]);
  source.version.value; // new rows are drawn
  const rows = rowCount.value;
  useEffect(() => {
    if (rows > 0 && active.peek().row >= rows) active.value = { ...active.peek(), row: rows - 1 };
  }, [rows]);

  /** The clipboard's events come from where somebody has clicked last, so they do not tell. */
  const isFocused = () => document.activeElement === scroller.current;
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
      onScroll={onScroll}
      onWheel={onWheel}
      onKeyDown={(event) => {
        if (isFocused() && pressed(event, { source, columns, page, on })) event.preventDefault();
      }}
      onCopy={(event) => isFocused() && copyFrom(event)}
      onPaste={(event) => isFocused() && pasteInto(event)}
    >
      <GridHead
        table={table}
        route={route}
        columns={columns}
        window={window}
        width={width}
        allTicked={all.length > 0 && all.every((shown) => ticked.value.has(idOf(table, shown)))}
        onTickAll={() => tick(table, allLoaded())}
      />
      <div class="grid-body" role="rowgroup" style={{ height: px(viewport.height), width: px(width) }}>
        <div role="presentation" class="grid-block" style={{ transform: `translateY(${viewport.shift}px)` }}>
          <GridRows viewport={viewport} window={window} table={table} columns={columns} width={width} on={on} />
        </div>
      </div>
    </div>
  );
}

type GridRowsProps = Pick<GridRowProps, 'table' | 'columns' | 'width' | 'on'> & {
  readonly viewport: Viewport;
  readonly window: ColumnWindow;
};

/** The rows in view, and the one that is edited: what is typed there must not go when it is scrolled away. */
function GridRows({ viewport: { first, last, base }, window: { from, to }, ...shared }: GridRowsProps) {
  const indices = Array.from({ length: Math.max(0, last - first) }, (_, at) => first + at);
  const edited = editing.value?.row;
  const isBeyond = edited !== undefined && (edited < first || edited >= last);
  return (isBeyond ? [...indices, edited] : indices).map((index) => {
    const shown = rowAt(index);
    return (
      <GridRow
        key={index}
        {...shared}
        from={from}
        to={to}
        index={index}
        row={shown?.row}
        change={shown?.change}
        top={(index - base) * ROW}
        active={active.value.row === index ? active.value.column : -1}
        editing={edited === index ? editing.value : null}
        ticked={shown !== undefined && ticked.value.has(idOf(shared.table, shown))}
        opened={opened.value?.row === index}
      />
    );
  });
}
