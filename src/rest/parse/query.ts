import { tooComplex } from '../errors/extension-errors.ts';
import { diagnose } from './diagnosis/diagnose.ts';
import { ConditionBudget, ConditionScanner } from './filter.ts';
import { limits } from './limits.ts';
import { scanLogicPlace, scanNames, scanPlace } from './names.ts';
import { scanOrder } from './order.ts';
import { type QueryOptions, type Sorted, sortParameters, type Text } from './parameters.ts';
import { parseQueryString, type QueryPair } from './query-string.ts';
import { allRows, limitAndOffset, type RowRange, rangeShape, rowRange } from './ranges.ts';
import { Remembered } from './remembered.ts';
import { Literals, refused } from './scanner.ts';
import { scanSelect } from './select.ts';
import type { ApiRequest, FilterAt, LogicAt, OrderAt, RangeAt, SelectItem } from './types.ts';

/** What the query string says, range and payload apart. */
export interface Query
  extends Pick<
    ApiRequest,
    | 'select'
    | 'filters'
    | 'logic'
    | 'order'
    | 'embedRanges'
    | 'columns'
    | 'onConflict'
    | 'params'
    | 'filterNames'
    | 'cursor'
    | 'literals'
  > {
  readonly pairs: readonly QueryPair[];
  /** `limit` and `offset` of the top level. */
  readonly rows: RowRange;
  readonly shape: string;
}

export function parseQuery(raw: string, options: QueryOptions): Query {
  if (raw.length > limits.queryLength) throw tooComplex('characters in the query', limits.queryLength);
  const pairs = parseQueryString(raw);
  if (pairs.length > limits.parameters) throw tooComplex('query parameters', limits.parameters);
  const sorted = sortParameters(pairs, options);
  const reader = new QueryReader(options.call);
  const order = sorted.order.map((pair) => reader.order(pair));
  const logic = sorted.logic.map((pair) => reader.logic(pair));
  const columns = reader.names('columns', sorted.columns);
  const select = reader.select(sorted.select);
  for (const pair of sorted.filters) reader.filter(pair);
  const onConflict = reader.names('onConflict', sorted.onConflict);
  const { rows, embedRanges } = readRanges(sorted, reader, options.reads);
  const { filters, params, literals } = reader;
  const filterNames = sorted.filters.map(([name]) => name);
  const shape = reader.shape;
  const { cursor } = sorted;
  return {
    pairs,
    order,
    logic,
    columns,
    select,
    filters,
    params,
    onConflict,
    rows,
    embedRanges,
    filterNames,
    cursor,
    literals: literals.values,
    shape,
  };
}

function readRanges(sorted: Sorted, reader: QueryReader, ofEmbeds: boolean): Pick<Query, 'rows' | 'embedRanges'> {
  let rows = allRows;
  if (sorted.limits.size === 0 && sorted.offsets.size === 0) return { rows, embedRanges: noRanges };
  const embedRanges: RangeAt[] = [];
  for (const level of new Set([...sorted.limits.keys(), ...sorted.offsets.keys()])) {
    const range = rowRange(sorted.limits.get(level), sorted.offsets.get(level));
    if (level === '') rows = range;
    else if (ofEmbeds) embedRanges.push(reader.range(level, range));
  }
  return { rows, embedRanges };
}

const noRanges: readonly RangeAt[] = Object.freeze([]);
const star: readonly SelectItem[] = Object.freeze([Object.freeze({ kind: 'star' as const })]);

/** `select` and `order` are all structure, and clients send the same few again and again. */
const selects = new Remembered(scanSelect);
const orders = new Remembered(scanOrder);

/** Reads the parameters one by one, and gathers literals and the shape as it goes. */
class QueryReader {
  readonly literals = new Literals();
  readonly filters: FilterAt[] = [];
  readonly params: { readonly name: string; readonly slot: number }[] = [];
  /** Parts behind NULs; each begins with a letter for its kind, so that no two requests share a shape by accident. */
  shape = '';
  readonly #budget = new ConditionBudget();

  constructor(readonly call: boolean) {}

  select(text: string | null | undefined): readonly SelectItem[] {
    if (text === undefined || text === null) return star;
    this.shape += `\0s${text}`;
    const items = selects.get(text);
    if (items === refused) throw diagnose('select', text);
    return items;
  }

  names(rule: 'columns' | 'onConflict', text: string | null | undefined): readonly string[] | null {
    if (text === undefined || text === null) return null;
    this.shape += `\0${rule === 'columns' ? 'c' : 'u'}${text}`;
    const names = scanNames(text);
    if (names === refused) throw diagnose(rule, text);
    return rule === 'columns' ? [...new Set(names)] : names;
  }

  order([name, value]: Text): OrderAt {
    this.shape += `\0o${name}\0${value}`;
    const place = scanPlace(name);
    if (place === refused) throw diagnose('place', name);
    const terms = orders.get(value);
    if (terms === refused) throw diagnose('order', value);
    return { path: place.path, terms };
  }

  logic([name, value]: Text): LogicAt {
    const place = scanLogicPlace(name);
    if (place === refused) throw diagnose('logicPlace', name);
    const text = place.operator + value;
    const scanner = new ConditionScanner(text, this.literals, this.#budget, true);
    const tree = scanner.tree(0);
    if (tree === refused) throw diagnose('logicTree', text, value);
    this.shape += `\0l${name}\0${scanner.finish()}`;
    return { path: place.path, tree };
  }

  filter([name, value]: Text): void {
    const place = scanPlace(name);
    if (place === refused) throw diagnose('place', name);
    const scanner = new ConditionScanner(value, this.literals, this.#budget, false);
    const expression = scanner.expression();
    if (expression !== refused) {
      this.shape += `\0f${name}\0${scanner.finish()}`;
      this.filters.push({ path: place.path, field: place.field, ...expression });
    } else if (this.call && !scanner.consumed) {
      this.shape += `\0a${name}`;
      this.params.push({ name: place.field.name, slot: this.literals.add(value) });
    } else throw diagnose(this.call ? 'filterOrArgument' : 'filter', value);
  }

  range(level: string, rows: RowRange): RangeAt {
    const place = scanPlace(`${level}limit`);
    if (place === refused) throw diagnose('place', `${level}limit`);
    const range = limitAndOffset(rows);
    this.shape += `\0r${level}\0${rangeShape(range)}`;
    return { path: place.path, ...range };
  }
}
