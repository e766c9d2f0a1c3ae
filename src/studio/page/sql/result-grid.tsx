import { type Signal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { SqlOutcome } from '../../api/shapes.ts';
import { shownValue } from '../grid/kind.ts';
import { px } from '../grid/layout.ts';
import { HEAD, ROW, viewportOf } from '../grid/viewport.ts';
import { isNumber } from './shape.ts';

type Fields = SqlOutcome['fields'];

/** A statement's rows; only those in view are drawn. */
export function ResultGrid({ outcome: { fields, rows } }: { readonly outcome: SqlOutcome }) {
  const scroller = useRef<HTMLDivElement>(null);
  const scrolled = useSignal(0);
  const visible = useVisibleHeight(scroller);
  const widths = useMemo(() => widthsOf(fields, rows), [fields, rows]);
  const width = widths.reduce((sum, it) => sum + it, 0);
  const viewport = viewportOf(rows.length, scrolled.value, visible.value - HEAD);
  return (
    <div
      ref={scroller}
      class="grid result-grid"
      role="grid"
      tabIndex={0}
      aria-label="Rows"
      aria-rowcount={rows.length + 1}
      onScroll={(event) => {
        scrolled.value = event.currentTarget.scrollTop;
      }}
    >
      <ResultHead fields={fields} widths={widths} width={width} />
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
              {fields.map(({ type }, column) => (
                // two columns may have one name
                <ResultCell key={column} type={type} value={row[column] ?? null} width={widths[column] ?? 0} />
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function useVisibleHeight(element: RefObject<HTMLElement | null>): Signal<number> {
  const visible = useSignal(400);
  useEffect(() => {
    if (element.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      visible.value = entry?.contentRect.height ?? 400;
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return visible;
}

interface HeadProps {
  readonly fields: Fields;
  readonly widths: readonly number[];
  readonly width: number;
}

function ResultHead({ fields, widths, width }: HeadProps) {
  return (
    <div role="rowgroup" class="grid-head" style={{ width: px(width) }}>
      <div role="row" aria-rowindex={1} class="head-row">
        {fields.map(({ name, type }, index) => (
          <div
            key={`${name}${index}`}
            role="columnheader"
            class={isNumber(type) ? 'cell numeric' : 'cell'}
            style={{ width: px(widths[index] ?? 0) }}
            title={type}
          >
            <span class="cell-text">{name}</span>
          </div>
        ))}
      </div>
    </div>
  );
}

interface CellProps {
  readonly type: string;
  readonly value: string | null;
  readonly width: number;
}

function ResultCell({ type, value, width }: CellProps) {
  return (
    <div
      role="gridcell"
      class={isNumber(type) ? 'cell numeric' : 'cell'}
      style={{ width: px(width) }}
      title={value !== null && value.length > 40 ? value.slice(0, 1_000) : undefined}
    >
      <span class="cell-text">{value === null ? <span class="null">null</span> : shownCell(type, value)}</span>
    </div>
  );
}

const shownCell = (type: string, value: string): string =>
  type === 'boolean' ? (value === 't' ? 'true' : 'false') : shownValue(value);

/** Rows that a column's width is taken from. */
const SAMPLE = 50;

function widthsOf(fields: Fields, rows: SqlOutcome['rows']): readonly number[] {
  const sample = rows.slice(0, SAMPLE);
  return fields.map(({ name }, column) => {
    const longest = sample.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), name.length + 1);
    return Math.min(360, Math.max(72, longest * 8 + 26));
  });
}
