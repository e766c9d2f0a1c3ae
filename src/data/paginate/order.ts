import { is, type SQL, sql } from 'drizzle-orm';
import { PgColumn, PgEnumColumn, type PgTable } from 'drizzle-orm/pg-core';
import { qualified } from '../../db/quoting.ts';
import { HutchError } from '../../errors/index.ts';
import { shapeOf } from '../table/shape.ts';

/** What a page may be ordered by: a column, or an expression with the name of its type. */
type By = PgColumn | { readonly expression: SQL; readonly type: string };

/** Ascending where only a column is given; nulls stand where Postgres puts them unless it is said. */
export type OrderItem = PgColumn | Directed;

type Directed =
  | { readonly asc: By; readonly nulls?: 'first' | 'last' }
  | { readonly desc: By; readonly nulls?: 'first' | 'last' };

/** One key of a total order. */
export interface OrderKey {
  readonly value: SQL;
  /** The type's name, for values that come back in a cursor. */
  readonly type: string;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
  readonly nullable: boolean;
}

/**
 * The order made total: the primary key's columns that it lacks come last, in the direction of the last key, so that ties
 * are broken and the keys can still be compared as a row.
 */
export function totalOrder(table: PgTable, items: readonly OrderItem[]): readonly OrderKey[] {
  const given = items.map(keyOf);
  const columns = new Set(items.map((item) => byOf(directed(item))));
  const descending = given.at(-1)?.descending ?? false;
  const rest = tieBreakers(table).filter((column) => !columns.has(column));
  return [...given, ...rest.map((column) => keyOf(descending ? { desc: column } : column))];
}

/** The primary key; where there is none, a column that is unique and never null. */
function tieBreakers(table: PgTable): readonly PgColumn[] {
  const { columns, key, name } = shapeOf(table);
  if (key.length > 0) return key.flatMap((part) => columns.filter((column) => column.name === part));
  const unique = columns.find((column) => column.isUnique && column.notNull);
  if (unique) return [unique];
  throw new HutchError('page_invalid', {
    field: 'order',
    details: `${name} has no primary key, so rows that order alike could be skipped or repeated`,
  });
}

// `is` alone does not tell the compiler that whatever is no column has a direction.
const isColumn = (value: OrderItem | By): value is PgColumn => is(value, PgColumn);

const directed = (item: OrderItem): Directed => (isColumn(item) ? { asc: item } : item);

const byOf = (item: Directed): By => ('desc' in item ? item.desc : item.asc);

function keyOf(item: OrderItem): OrderKey {
  const key = directed(item);
  const descending = 'desc' in key;
  const by = byOf(key);
  return {
    value: isColumn(by) ? sql`${by}` : sql`(${by.expression})`,
    type: isColumn(by) ? typeOf(by) : by.type,
    descending,
    nullsFirst: key.nulls === undefined ? descending : key.nulls === 'first',
    nullable: !(isColumn(by) && by.notNull),
  };
}

/** A serial is an integer that fills itself in. */
const typeOf = (column: PgColumn): string =>
  is(column, PgEnumColumn) ? enumName(column) : column.getSQLType().replace(/serial$/, 'int');

const enumName = ({ enum: { schema, enumName } }: PgEnumColumn<[string, ...string[]]>): string =>
  qualified(schema, enumName);

/** The same order seen from its end. */
export function reversed(order: readonly OrderKey[]): readonly OrderKey[] {
  return order.map((key) => ({ ...key, descending: !key.descending, nullsFirst: !key.nullsFirst }));
}

/** NULLS is written only where it is not what Postgres does anyway: an index has to match it even if nothing is null. */
export function orderClause(order: readonly OrderKey[]): SQL[] {
  return order.map(({ value, descending, nullsFirst }) => {
    const direction = descending ? 'desc' : 'asc';
    const nulls = nullsFirst === descending ? '' : nullsFirst ? ' nulls first' : ' nulls last';
    return sql`${value} ${sql.raw(`${direction}${nulls}`)}`;
  });
}
