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
    root.start = after(keys, checked(readCursor(request.cursor), signature, keys.length));
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

function checked(cursor: Cursor, signature: string, length: number): Cursor {
  if (cursor.signature !== signature || cursor.values.length !== length) {
    throw invalidCursor('It belongs to another order.');
  }
  return cursor;
}

const cursorValue = (index: number): Value => ({ from: 'cursor', index });

/** What comes after the cursor's row: a row comparison where one will do, else the same spelled out, with NULLs in their place. */
function after(keys: readonly Key[], { values }: Cursor): Condition {
  const [first] = keys;
  const plain = keys.every(
    (key) => !key.nullable && key.descending === first?.descending && key.term.field.path.length === 0,
  );
  if (plain && first !== undefined) {
    const fields = keys.map(({ term }) => term.field);
    return {
      kind: 'keyset',
      not: false,
      fields,
      operator: first.descending ? '<' : '>',
      values: keys.map((_, i) => cursorValue(i)),
    };
  }
  const steps = keys.flatMap((key, i) => {
    const later = behind(key, i, values[i] ?? null);
    return later === null ? [] : [all([...keys.slice(0, i).map((k, j) => equal(k, j, values[j] ?? null)), later])];
  });
  const expanded: Condition = { kind: 'or', not: false, of: steps };
  return first === undefined ? expanded : bounded(first, values[0] ?? null, expanded);
}

/** The first column's bound alone lets an index start where the page starts. */
function bounded(first: Key, value: string | null, expanded: Condition): Condition {
  if (value === null || (first.nullable && !first.nullsFirst)) return expanded;
  return all([compare(first.term.field, first.descending ? 'lte' : 'gte', 0), expanded]);
}

const all = (of: readonly Condition[]): Condition => ({ kind: 'and', not: false, of });

function equal({ term }: Key, index: number, value: string | null): Condition {
  return value === null ? isNull(term.field, false) : compare(term.field, 'eq', index);
}

/** The rows strictly behind the cursor in one column; null where there can be none. */
function behind(key: Key, index: number, value: string | null): Condition | null {
  const { field } = key.term;
  if (value === null) return key.nullsFirst ? isNull(field, true) : null;
  const beyond = compare(field, key.descending ? 'lt' : 'gt', index);
  if (!key.nullable || key.nullsFirst) return beyond;
  return { kind: 'or', not: false, of: [beyond, isNull(field, false)] };
}

const filter = (field: Field, not: boolean, operation: Operation): Condition => ({
  kind: 'filter',
  not,
  field,
  operation,
});

const isNull = (field: Field, not: boolean): Condition => filter(field, not, { kind: 'is', value: 'null' });

const compare = (field: Field, operator: 'eq' | 'gt' | 'gte' | 'lt' | 'lte', index: number): Condition =>
  filter(field, false, { kind: 'quantified', operator, quantifier: null, value: cursorValue(index) });
