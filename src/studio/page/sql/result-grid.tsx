import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { SqlOutcome } from '../../api/shapes.ts';
import { shownValue } from '../grid/kind.ts';
import { px } from '../grid/layout.ts';
import { HEAD, ROW, viewportOf } from '../grid/viewport.ts';
import { isNumber } from './shape.ts';

/** A statement's rows; only those in view are drawn. */
export function ResultGrid({ outcome }: { readonly outcome: SqlOutcome }) {
  const { fields, rows } = outcome;
  const scroller = useRef<HTMLDivElement>(null);
  const scrolled = useSignal(0);
  const visible = useSignal(400);
  useEffect(() => {
    if (scroller.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      visible.value = entry?.contentRect.height ?? 400;
    });
    observer.observe(scroller.current);
    return () => observer.disconnect();
  }, []);
  const widths = fields.map((field, index) =>
    widthOf(
      field.name,
      rows.map((row) => row[index] ?? ''),
    ),
  );
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
      <div role="rowgroup" class="grid-head" style={{ width: px(width) }}>
        <div role="row" aria-rowindex={1} class="head-row">
          {fields.map(({ name, type }, index) => (
            <div
              key={`${name}${index}`}
              role="columnheader"
              class={isNumber(type) ? 'cell numeric' : 'cell'}
              style={{ width: px(widths[index] ?? 120) }}
              title={type}
            >
              <span class="cell-text">{name}</span>
            </div>
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
              {row.map((value, column) => (
                <div
                  key={fields[column]?.name}
                  role="gridcell"
                  class={isNumber(fields[column]?.type ?? '') ? 'cell numeric' : 'cell'}
                  style={{ width: px(widths[column] ?? 120) }}
                  title={value !== null && value.length > 40 ? value.slice(0, 1_000) : undefined}
                >
                  <span class="cell-text">
                    {value === null ? <span class="null">null</span> : shownCell(fields[column]?.type ?? '', value)}
                  </span>
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

const shownCell = (type: string, value: string): string =>
  type === 'boolean' ? (value === 't' ? 'true' : 'false') : shownValue(value);

/** Rows that a column's width is taken from. */
const SAMPLE = 50;

function widthOf(name: string, values: readonly string[]): number {
  const longest = values.slice(0, SAMPLE).reduce((most, value) => Math.max(most, value.length), name.length + 1);
  return Math.min(360, Math.max(72, longest * 8 + 26));
}
