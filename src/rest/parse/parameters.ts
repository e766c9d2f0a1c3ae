import { refuseNul } from './nul.ts';
import type { QueryPair } from './query-string.ts';

export interface QueryOptions {
  /** A GET or HEAD call: parameters that are no filters are arguments. */
  readonly call: boolean;
  /** `Prefer: cursor` was sent: `cursor=` is no filter. */
  readonly cursor: boolean;
  /** Rows are read, so that embeds have ranges; elsewhere what is said of them is not even looked at. */
  readonly reads: boolean;
}

export type Text = readonly [name: string, value: string];

/** The parameters by what they are for, in the order in which they came. */
export interface Sorted {
  readonly order: Text[];
  readonly logic: Text[];
  readonly filters: Text[];
  readonly limits: Map<string, string>;
  readonly offsets: Map<string, string>;
  select: string | null | undefined;
  columns: string | null | undefined;
  onConflict: string | null | undefined;
  cursor: string | null;
}

export function sortParameters(pairs: readonly QueryPair[], options: QueryOptions): Sorted {
  const sorted: Sorted = {
    order: [],
    logic: [],
    filters: [],
    limits: new Map(),
    offsets: new Map(),
    select: undefined,
    columns: undefined,
    onConflict: undefined,
    cursor: null,
  };
  for (const [name, value] of pairs) {
    refuseNul(name);
    if (value !== null) refuseNul(value);
    sortParameter(sorted, name, value, options);
  }
  return sorted;
}

/** Of `select`, `columns` and `on_conflict` the first holds; a parameter without `=` counts only as that. */
function sortParameter(sorted: Sorted, name: string, value: string | null, options: QueryOptions): void {
  if (name === 'select') sorted.select = sorted.select === undefined ? value : sorted.select;
  else if (name === 'columns') sorted.columns = sorted.columns === undefined ? value : sorted.columns;
  else if (name === 'on_conflict') sorted.onConflict = sorted.onConflict === undefined ? value : sorted.onConflict;
  else if (value === null) return;
  else if (name === 'cursor' && options.cursor) sorted.cursor ??= value;
  else sortByEnding(sorted, name, value);
}

function sortByEnding(sorted: Sorted, name: string, value: string): void {
  const dot = name.lastIndexOf('.');
  switch (dot < 0 ? name : name.slice(dot + 1)) {
    case 'order':
      sorted.order.push([name, value]);
      break;
    case 'and':
    case 'or':
      sorted.logic.push([name, value]);
      break;
    case 'limit':
      sorted.limits.set(name.slice(0, dot + 1), value);
      break;
    case 'offset':
      sorted.offsets.set(name.slice(0, dot + 1), value);
      break;
    default:
      sorted.filters.push([name, value]);
  }
}
