import { useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import type { SqlOutcome } from '../../api/shapes.ts';
import { drawnColumns, type Placed, useColumnWindow, useSize } from '../grid/column-window.ts';
import { shownValue } from '../grid/kind.ts';
import { px } from '../grid/layout.ts';
import { HEAD, ROW, viewportOf } from '../grid/viewport.ts';
import { isNumber } from './shape.ts';

type Fields = SqlOutcome['fields'];

interface ResultColumn extends Placed {
  readonly name: string;
  readonly type: string;
}

/** A statement's rows; only what is in view is drawn. */
export function ResultGrid({ outcome: { fields, rows } }: { readonly outcome: SqlOutcome }) {
  const scroller = useRef<HTMLDivElement>(null);
  const scrolled = useSignal(0);
  const size = useSize(scroller).value;
  const columns = useMemo(() => columnsOf(fields, rows), [fields, rows]);
  const sideways = useColumnWindow(columns, size.width);
  const drawn = drawnColumns(columns, sideways.window);
  const width = columns.reduce((sum, column) => sum + column.width, 0);
  const viewport = viewportOf(rows.length, scrolled.value, size.height - HEAD);
  return (
    <div
      ref={scroller}
      class="grid result-grid"
      role="table"
      tabIndex={0}
      aria-label="Rows"
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      onScroll={(event) => {
        scrolled.value = event.currentTarget.scrollTop;
        sideways.onScroll(event.currentTarget.scrollLeft);
      }}
    >
      <div role="rowgroup" class="grid-head" style={{ width: px(width) }}>
        <div role="row" aria-rowindex={1} class="head-row">
          {drawn.map((index) => (
            <ResultHead key={index} index={index} column={columns[index]} />
          ))}
        </div>
      </div>
      <div role="rowgroup" class="grid-body" style={{ height: px(rows.length * ROW), width: px(width) }}>
        {rows.slice(viewport.first, viewport.last).map((row, at) => {
          const index = viewport.first + at;
          return (
            <div
              key={index}
              role="row"
              aria-rowindex={index + 2}
              class="grid-row"
              style={{ transform: `translateY(${index * ROW}px)`, width: px(width) }}
            >
              {drawn.map((column) => (
                <ResultCell key={column} index={column} column={columns[column]} value={row[column] ?? null} />
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface CellProps {
  readonly index: number;
  readonly column: ResultColumn | undefined;
}

const shared = ({ type, left, width }: ResultColumn, index: number) => ({
  'aria-colindex': index + 1,
  class: isNumber(type) ? 'cell placed numeric' : 'cell placed',
  style: { left: px(left), width: px(width) },
});

function ResultHead({ index, column }: CellProps) {
  if (column === undefined) return null;
  return (
    <div role="columnheader" {...shared(column, index)} title={column.type}>
      <span class="cell-text">{column.name}</span>
    </div>
  );
}

function ResultCell({ index, column, value }: CellProps & { readonly value: string | null }) {
  if (column === undefined) return null;
  return (
    <div role="cell" {...shared(column, index)} title={hintOf(value)}>
      <span class="cell-text">{value === null ? <span class="null">null</span> : shownCell(column.type, value)}</span>
    </div>
  );
}

const hintOf = (value: string | null): string | undefined =>
  value !== null && value.length > 40 ? value.slice(0, 1_000) : undefined;

const shownCell = (type: string, value: string): string =>
  type === 'boolean' ? (value === 't' ? 'true' : 'false') : shownValue(value);

/** Rows that a column's width is taken from. */
const SAMPLE = 50;

function columnsOf(fields: Fields, rows: SqlOutcome['rows']): readonly ResultColumn[] {
  const sample = rows.slice(0, SAMPLE);
  let left = 0;
  return fields.map(({ name, type }, column) => {
    const longest = sample.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), name.length + 1);
    const width = Math.min(360, Math.max(72, longest * 8 + 26));
    const place = { name, type, left, width, pinned: false };
    left += width;
    return place;
  });
}
