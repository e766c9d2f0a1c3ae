import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { SqlOutcome } from '../../api/shapes.ts';
import { theme } from '../app/theme.ts';
import { isNumber, isTime, timeOf } from './shape.ts';

const HEIGHT = 300;
const colours = ['--accent', '--ok', '--warn', '--violet', '--teal', '--danger'];

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A result drawn: numbers over time, over a number, or beside names. */
export function Chart({ outcome }: { readonly outcome: SqlOutcome }) {
  const place = useRef<HTMLDivElement>(null);
  const { fields } = outcome;
  const firstAxis = Math.max(
    0,
    fields.findIndex(({ type }) => !isNumber(type)),
  );
  const axis = useSignal(firstAxis);
  const bars = useSignal(!isTime(fields[firstAxis]?.type ?? ''));
  const current = theme.value;
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const plot = draw(element, outcome, axis.value, bars.value);
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [outcome, axis.value, bars.value, current]);
  return (
    <div class="chart">
      <div class="chart-bar">
        <label>
          <span class="muted">along</span>{' '}
          <select
            value={axis.value}
            onChange={(event) => {
              axis.value = Number(event.currentTarget.value);
            }}
          >
            {fields.map(({ name }, index) => (
              <option key={name} value={index}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={bars.value}
            onChange={(event) => {
              bars.value = event.currentTarget.checked;
            }}
          />
          <span>Bars</span>
        </label>
      </div>
      <div
        ref={place}
        role="img"
        aria-label={`Chart of ${fields.map(({ name }) => name).join(', ')}; the grid has its values`}
      />
    </div>
  );
}

function draw(element: HTMLElement, { fields, rows }: SqlOutcome, axis: number, bars: boolean): uPlot {
  const type = fields[axis]?.type ?? '';
  const measured = fields
    .map((field, index) => ({ ...field, index }))
    .filter((it) => it.index !== axis && isNumber(it.type));
  const along = rows.map((row, index) => position(type, row[axis] ?? null, index));
  const placed = along.flatMap((at, index) => (at === null ? [] : index));
  const order = placed.toSorted((a, b) => (along[a] ?? 0) - (along[b] ?? 0));
  const column = (index: number) => order.map((at) => numberOf(rows[at]?.[index] ?? null));
  const names = order.map((at) => rows[at]?.[axis] ?? '');
  const muted = token('--muted');
  const lines = {
    stroke: muted,
    grid: { stroke: token('--line'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui',
  };
  const isNamed = !isNumber(type) && !isTime(type);
  return new uPlot(
    {
      width: element.clientWidth,
      height: HEIGHT,
      scales: { x: { time: isTime(type), range: isNamed ? [-0.6, rows.length - 0.4] : undefined } },
      axes: [isNamed ? { ...lines, ...namedAxis(names) } : lines, { ...lines, size: 64 }],
      series: [
        {
          label: fields[axis]?.name,
          value: isNamed ? (_: uPlot, at: number | null) => (at === null ? '' : (names[at] ?? '')) : undefined,
        },
        ...measured.map(({ name }, index) => {
          const colour = token(colours[index % colours.length] ?? '--accent');
          const paths = bars ? uPlot.paths.bars?.({ size: [0.7, 60] }) : undefined;
          return {
            label: name,
            stroke: colour,
            width: 1.5,
            fill: bars ? `${colour}66` : undefined,
            paths,
            points: { show: !bars && rows.length < 60 },
          };
        }),
      ],
    },
    [order.map((at) => along[at] ?? at), ...measured.map(({ index }) => column(index))],
    element,
  );
}

const numberOf = (text: string | null): number | null => (text === null ? null : Number(text));

/** Seconds for a time, the number for a number, the place in the result for a name. Null: nowhere. */
function position(type: string, text: string | null, index: number): number | null {
  if (isTime(type)) return text === null ? null : timeOf(text);
  return isNumber(type) ? numberOf(text) : index;
}

function namedAxis(names: readonly string[]): Partial<uPlot.Axis> {
  return {
    // of many names as many as have room
    splits: (_plot, _axis, _min, _max, step) =>
      names.flatMap((_, index) => (index % Math.max(1, step) === 0 ? index : [])),
    values: (_, splits) => splits.map((at) => (names[at] ?? '').slice(0, 14)),
    space: 90,
    incrs: [1, 2, 5, 10, 20, 50, 100],
  };
}
