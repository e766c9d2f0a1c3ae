import { useRef } from 'preact/hooks';
import { foreignKeyOf, shownType, type Table } from '../app/catalog.ts';
import { overlay } from '../app/overlay.ts';
import { go, type TableRoute } from '../app/route.ts';
import { Icon } from '../ui/icon.tsx';
import { type ColumnWindow, drawnColumns } from './column-window.ts';
import { isNumeric, kindOf } from './kind.ts';
import { changeLayout, GUTTER, layoutOf, type PlacedColumn, placeOf, px } from './layout.ts';
import { active } from './state.ts';

interface HeadProps {
  readonly table: Table;
  readonly route: TableRoute;
  readonly columns: readonly PlacedColumn[];
  readonly window: ColumnWindow;
  readonly width: number;
  readonly allTicked: boolean;
  readonly onTickAll: () => void;
}

export function GridHead({ table, route, columns, window, width, allTicked, onTickAll }: HeadProps) {
  return (
    <div role="rowgroup" class="grid-head" style={{ width: px(width) }}>
      <div role="row" aria-rowindex={1} class="head-row">
        <div role="columnheader" class="gutter" style={{ width: px(GUTTER) }}>
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label="Select the rows that are loaded"
            checked={allTicked}
            onChange={onTickAll}
          />
        </div>
        {drawnColumns(columns, window).map((index) => {
          const place = columns[index];
          return (
            place && <ColumnHead key={place.column.name} table={table} route={route} place={place} index={index} />
          );
        })}
      </div>
    </div>
  );
}

function ColumnHead({
  table,
  route,
  place,
  index,
}: {
  readonly table: Table;
  readonly route: TableRoute;
  readonly place: PlacedColumn;
  readonly index: number;
}) {
  const { column, width, pinned } = place;
  const sorted = route.sort.find((sort) => sort.column === column.name);
  const direction = sorted === undefined ? 'none' : sorted.descending ? 'descending' : 'ascending';
  const isKey = table.primaryKey.includes(column.name);
  const isReference = foreignKeyOf(table, column.name) !== undefined;
  return (
    <div
      role="columnheader"
      aria-colindex={index + 2}
      aria-sort={direction}
      class={`cell ${pinned ? 'pinned' : 'placed'}${isNumeric(kindOf(column)) ? ' numeric' : ''}`}
      style={placeOf(place)}
      title={[`${column.name}: ${shownType(column)}`, column.description].filter(Boolean).join('\n')}
    >
      <button
        type="button"
        tabIndex={-1}
        class="sorter"
        onClick={(event) => sortBy(route, column.name, event.shiftKey)}
      >
        {isKey && <Icon name="key" />}
        {!isKey && isReference && <Icon name="right" />}
        <span data-column={column.name}>{column.name}</span>
        {sorted && <Icon name={sorted.descending ? 'down' : 'up'} />}
      </button>
      <button
        type="button"
        tabIndex={-1}
        class="column-info"
        aria-label={`What ${column.name} holds`}
        title="What the column holds (I)"
        onClick={() => {
          active.value = { row: active.value.row, column: index };
          overlay.value = 'column';
        }}
      >
        <Icon name="stats" />
      </button>
      <Resizer table={table} name={column.name} width={width} />
    </div>
  );
}

/** Ascending, descending, as it was; with Shift beside the columns that are sorted by already. */
export function sortBy(route: TableRoute, column: string, beside = false): void {
  const now = route.sort.find((sort) => sort.column === column);
  const others = beside ? route.sort.filter((sort) => sort.column !== column) : [];
  const next =
    now === undefined ? [{ column, descending: false }] : now.descending ? [] : [{ column, descending: true }];
  go({ ...route, sort: [...others, ...next] }, true);
}

const NARROWEST = 56;
const WIDEST = 720;
/** Pixels beside a value: of its cell, and of the marks beside a name. */
const ROOM = 44;

/** Pixels that the widest drawn value of a column needs. */
function fitted(name: string): number {
  const contents = document.createRange();
  const widths = [...document.querySelectorAll<HTMLElement>('.grid [data-column]')].map((cell) => {
    if (cell.dataset.column !== name) return 0;
    contents.selectNodeContents(cell);
    return contents.getBoundingClientRect().width;
  });
  return Math.min(WIDEST, Math.max(NARROWEST, Math.max(...widths) + ROOM));
}

function Resizer({ table, name, width }: { readonly table: Table; readonly name: string; readonly width: number }) {
  const start = useRef<{ readonly x: number; readonly width: number } | null>(null);
  return (
    <span
      class="resizer"
      aria-hidden="true"
      onPointerDown={(event) => {
        event.preventDefault();
        start.current = { x: event.clientX, width };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (start.current === null) return;
        const next = Math.max(NARROWEST, start.current.width + event.clientX - start.current.x);
        changeLayout(table, { widths: { ...layoutOf(table).value?.widths, [name]: next } });
      }}
      onPointerUp={() => {
        start.current = null;
      }}
      onDblClick={() => changeLayout(table, { widths: { ...layoutOf(table).value?.widths, [name]: fitted(name) } })}
    />
  );
}
