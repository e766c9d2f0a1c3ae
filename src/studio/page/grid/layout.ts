import { signal } from '@preact/signals';
import { type Column, nameOf, type Table } from '../app/catalog.ts';
import type { Placed } from './column-window.ts';
import { kindOf } from './kind.ts';

/** How somebody likes to see a table; kept in the browser. */
export interface Layout {
  readonly hidden: readonly string[];
  readonly pinned: readonly string[];
  readonly widths: Readonly<Record<string, number>>;
}

export interface PlacedColumn extends Placed {
  readonly column: Column;
}

/** Pixels of the column with tick box and row button. */
export const GUTTER = 62;

export const px = (length: number): string => `${length}px`;

/** Where a column's cells are within their row. */
export const placeOf = ({ width, left }: Placed) => ({ width: px(width), left: px(left + GUTTER) });

const layouts = new Map<string, ReturnType<typeof signal<Layout>>>();

export function layoutOf(table: Table): ReturnType<typeof signal<Layout>> {
  const name = nameOf(table);
  const known = layouts.get(name);
  if (known !== undefined) return known;
  const made = signal<Layout>(readLayout(name) ?? { hidden: [], pinned: table.primaryKey, widths: {} });
  layouts.set(name, made);
  return made;
}

function readLayout(name: string): Layout | undefined {
  try {
    const kept: Partial<Layout> | null = JSON.parse(localStorage.getItem(`hutch.grid.${name}`) ?? 'null');
    return kept?.hidden && kept.pinned && kept.widths
      ? { hidden: kept.hidden, pinned: kept.pinned, widths: kept.widths }
      : undefined;
  } catch {
    return undefined; // not ours
  }
}

export function changeLayout(table: Table, change: Partial<Layout>): void {
  const layout = layoutOf(table);
  const next = { ...(layout.value ?? { hidden: [], pinned: [], widths: {} }), ...change };
  layout.value = next;
  localStorage.setItem(`hutch.grid.${nameOf(table)}`, JSON.stringify(next));
}

export const toggled = (list: readonly string[], name: string): readonly string[] =>
  list.includes(name) ? list.filter((item) => item !== name) : [...list, name];

const widths: Readonly<Record<string, number>> = {
  boolean: 84,
  enum: 124,
  integer: 92,
  number: 110,
  json: 220,
  array: 180,
  date: 110,
  time: 100,
  timestamp: 192,
  timestamptz: 192,
  text: 200,
  other: 170,
};

/** Room for the name and its sort mark. */
const headWidth = (name: string): number => name.length * 7.2 + 44;

export function placed(table: Table, { hidden, pinned, widths: chosen }: Layout): readonly PlacedColumn[] {
  const shown = table.columns.filter(({ name }) => !hidden.includes(name));
  const ordered = [
    ...shown.filter(({ name }) => pinned.includes(name)),
    ...shown.filter(({ name }) => !pinned.includes(name)),
  ];
  let left = 0;
  return ordered.map((column) => {
    const width = chosen[column.name] ?? Math.max(widths[kindOf(column)] ?? 160, Math.min(240, headWidth(column.name)));
    const place = { column, width, left, pinned: pinned.includes(column.name) };
    left += width;
    return place;
  });
}
