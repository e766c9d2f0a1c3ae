import { type Catalog, type Column, findTable } from '../../catalog/index.ts';
import { type KeysetRange, keysetRanges } from '../../data/paginate/keyset.ts';
import { cursorImpossible, invalidCursor } from '../errors/extension-errors.ts';
import type { ApiRequest } from '../parse/types.ts';
import { type Cursor, readCursor } from './cursor-token.ts';
import type { Draft } from './draft.ts';
import { isNull, resolveField } from './resolve.ts';
import type { Condition, CursorPlan, Field, OrderTerm, Value } from './types.ts';

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
  readonly alone: boolean;
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
    alone: term.field.path.length > 0,
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

/** What comes after the cursor's row, as conditions of which each is one range of an index; see `keysetRanges`. */
function rangesAfter(keys: readonly Key[], values: Cursor['values']): readonly Condition[] {
  const placed = keys.map((key, index): PlacedKey => ({ ...key, index, at: values[index] ?? null }));
  return keysetRanges(placed).map((range) => all([...range.same.map(isSame), comparisonOf(range)]));
}

interface PlacedKey extends Key {
  readonly index: number;
  readonly at: string | null;
}

function comparisonOf({ run, is }: KeysetRange<PlacedKey>): Condition {
  const [{ term, descending, index }] = run;
  if (is !== 'beyond') return isNull(term.field, is === 'not null');
  return run.length > 1 ? rowComparison(run) : compare(term.field, descending ? 'lt' : 'gt', index);
}

const rowComparison = (run: KeysetRange<PlacedKey>['run']): Condition => ({
  kind: 'keyset',
  not: false,
  fields: run.map(({ term }) => term.field),
  operator: run[0].descending ? '<' : '>',
  values: run.map(({ index }) => cursorValue(index)),
});

const all = (of: readonly Condition[]): Condition => {
  const [only] = of;
  return only !== undefined && of.length === 1 ? only : { kind: 'and', not: false, of };
};

const isSame = ({ term, index, at }: PlacedKey): Condition =>
  at === null ? isNull(term.field, false) : compare(term.field, 'eq', index);

const compare = (field: Field, operator: 'eq' | 'gt' | 'lt', index: number): Condition => ({
  kind: 'filter',
  not: false,
  field,
  operation: { kind: 'quantified', operator, quantifier: null, value: cursorValue(index) },
});
