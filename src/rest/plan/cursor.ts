import { type Catalog, type Column, findTable } from '../../catalog/index.ts';
import { cursorImpossible, invalidCursor } from '../errors/extension-errors.ts';
import type { ApiRequest } from '../parse/types.ts';
import { type Cursor, readCursor } from './cursor-token.ts';
import type { Draft } from './draft.ts';
import { resolveField } from './resolve.ts';
import type { Condition, CursorPlan, Field, Operation, OrderTerm, Value } from './types.ts';

/**
 * Pages by keyset: the order is made total by the primary key, the page starts after the row that the cursor names, and the
 * statement says which row ends it. Null where the request does not ask for it.
 */
export function planCursor(catalog: Catalog, request: ApiRequest, root: Draft): CursorPlan | null {
  if (!request.preferences.cursor || request.action.kind !== 'read') return null;
  const keys = cursorKeys(catalog, request, root);
  root.order = keys.map(({ term }) => term);
  const signature = keys.map(({ term }) => describe(term)).join(',');
  if (request.cursor !== null) {
    root.start = rangesAfter(keys, checked(readCursor(request.cursor), signature, keys).values);
  }
  return { signature, fields: keys.map(({ term }) => term.field) };
}

interface Key {
  readonly term: OrderTerm;
  readonly nullable: boolean;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

function cursorKeys(catalog: Catalog, request: ApiRequest, root: Draft): readonly Key[] {
  const table = findTable(catalog, root.table);
  if (table === undefined || table.primaryKey.length === 0) {
    throw cursorImpossible(`'${root.name}' has no primary key, so its rows have no order of their own.`);
  }
  if (request.range.offset > 0) throw cursorImpossible('A page starts at its cursor: leave out offset.');
  if (root.order.some(({ embed }) => embed !== null)) throw cursorImpossible('The order goes by an embedded column.');
  if (root.select.some(({ aggregate }) => aggregate !== null))
    throw cursorImpossible('Aggregates have no rows to page.');
  const named = new Set(root.order.flatMap(({ field }) => (field.path.length === 0 ? [field.name] : [])));
  const rest = table.primaryKey.filter((name) => !named.has(name));
  const ties = rest.map(
    (name): OrderTerm => ({
      field: resolveField(catalog, root.table, { name, path: [] }),
      embed: null,
      direction: null,
      nulls: null,
    }),
  );
  return [...root.order, ...ties].map((term) => keyOf(term, table.columns.get(term.field.name), table.primaryKey));
}

function keyOf(term: OrderTerm, column: Column | undefined, primaryKey: readonly string[]): Key {
  const descending = term.direction === 'desc';
  const certain = term.field.path.length === 0 && (column?.nullable === false || primaryKey.includes(term.field.name));
  return {
    term,
    nullable: !certain,
    descending,
    nullsFirst: term.nulls === null ? descending : term.nulls === 'first',
  };
}

const describe = ({ field, direction, nulls }: OrderTerm): string =>
  `${field.name}${field.path.map((step) => step.arrow + step.value).join('')}.${direction ?? 'asc'}.${nulls ?? ''}`;

function checked(cursor: Cursor, signature: string, keys: readonly Key[]): Cursor {
  if (cursor.signature !== signature || cursor.values.length !== keys.length) {
    throw invalidCursor('It belongs to another order.');
  }
  if (keys.some((key, i) => !key.nullable && cursor.values[i] === null)) {
    throw invalidCursor('It is not one that this server made.');
  }
  return cursor;
}

const cursorValue = (index: number): Value => ({ from: 'cursor', index });

type Place = readonly (string | null)[];

/**
 * What comes after the cursor's row, as conditions of which each is one range of an index: first the rows that share most keys with it, so
 * that one behind the other they are in order. Keys that run the same way are compared as one row: `(a, b) > (x, y)`.
 */
function rangesAfter(keys: readonly Key[], place: Place): readonly Condition[] {
  const ranges: Condition[] = [];
  for (let start = 0; start < keys.length; ) {
    const end = endOfRun(keys, place, start);
    const same = keys.slice(0, start).map((key, i) => equal(key, i, place[i] ?? null));
    ranges.unshift(...rangesOfRun(keys, place, start, end).map((range) => all([...same, range])));
    start = end;
  }
  return ranges;
}

function rangesOfRun(keys: readonly Key[], place: Place, start: number, end: number): readonly Condition[] {
  const [key, ...others] = keys.slice(start, end);
  if (key === undefined) return [];
  const { field } = key.term;
  if (place[start] === null) return key.nullsFirst ? [isNull(field, true)] : [];
  const beyond =
    others.length > 0 ? keyset([key, ...others], start) : compare(field, key.descending ? 'lt' : 'gt', start);
  return key.nullable && !key.nullsFirst ? [beyond, isNull(field, false)] : [beyond];
}

function endOfRun(keys: readonly Key[], place: Place, start: number): number {
  let end = start + 1;
  while (end < keys.length && compareAsRow(keys.slice(start, end + 1), place.slice(start, end + 1))) end++;
  return end;
}

/** A row comparison is never true of a NULL: right where NULLs come before everything else, or cannot occur. */
function compareAsRow(keys: readonly Key[], place: Place): boolean {
  const descending = keys[0]?.descending;
  return keys.every(
    (key, i) =>
      key.descending === descending &&
      key.term.field.path.length === 0 &&
      place[i] !== null &&
      (!key.nullable || key.nullsFirst),
  );
}

const keyset = (keys: readonly Key[], start: number): Condition => ({
  kind: 'keyset',
  not: false,
  fields: keys.map(({ term }) => term.field),
  operator: keys[0]?.descending ? '<' : '>',
  values: keys.map((_, i) => cursorValue(start + i)),
});

const all = (of: readonly Condition[]): Condition => {
  const [only] = of;
  return only !== undefined && of.length === 1 ? only : { kind: 'and', not: false, of };
};

function equal({ term }: Key, index: number, value: string | null): Condition {
  return value === null ? isNull(term.field, false) : compare(term.field, 'eq', index);
}

const filter = (field: Field, not: boolean, operation: Operation): Condition => ({
  kind: 'filter',
  not,
  field,
  operation,
});

const isNull = (field: Field, not: boolean): Condition => filter(field, not, { kind: 'is', value: 'null' });

const compare = (field: Field, operator: 'eq' | 'gt' | 'lt', index: number): Condition =>
  filter(field, false, { kind: 'quantified', operator, quantifier: null, value: cursorValue(index) });
