import { and, getTableColumns, getTableName, type Placeholder, type SQL, Subquery, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { identifier } from '../../db/quoting.ts';
import type { Database } from '../database.ts';
import { type OrderKey, orderClause } from './order.ts';
import { type Place, rangesAfter } from './seek.ts';

export interface Found {
  readonly row: Record<string, unknown>;
  readonly place: Place;
}

type Fields = Readonly<Record<string, PgColumn>>;

interface Wanted {
  readonly where?: SQL;
  readonly fields?: Fields;
}

export async function rowsFrom(
  db: Database,
  table: PgTable,
  order: readonly OrderKey[],
  limit: number,
  wanted: Wanted,
  place: Place | undefined,
): Promise<Found[]> {
  const fields: Fields = wanted.fields ?? getTableColumns(table);
  const ranges = place ? rangesAfter(order, place) : [];
  const conditions = ranges.map((range) => and(wanted.where, range));
  const found: readonly Record<string, unknown>[] =
    ranges.length > 1
      ? await db
          .select({ ...fields, ...keys(order, (_, name) => sql.raw(name)) })
          .from(inTurn(table, fields, order, limit, conditions))
          .limit(literal(limit))
      : await db
          .select({ ...fields, ...keys(order, textOf) })
          .from(table)
          .where(ranges.length > 0 ? conditions[0] : wanted.where)
          .orderBy(...orderClause(order))
          .limit(literal(limit));
  return found.map((row) => ({
    row: Object.fromEntries(Object.keys(fields).map((name) => [name, row[name]])),
    place: order.map((_, index) => stringOf(row[keyName(index)])),
  }));
}

/** Selected beside the fields: the order's keys as text, for the cursors. */
const keyName = (index: number): string => `hutch_key_${index}`;

const keys = <T>(order: readonly OrderKey[], build: (key: OrderKey, name: string) => T): Record<string, T> =>
  Object.fromEntries(order.map((key, index) => [keyName(index), build(key, keyName(index))]));

const textOf = ({ value }: OrderKey): SQL => sql`${value}::text`;

const stringOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/**
 * The first rows of each range, in the place and under the name of the table. Every range is read from an index in order and has a limit of its
 * own; Postgres appends them in turn (what has a limit isn't read in parallel) and stops at the limit around them, so that no more rows are read
 * than wanted. A single condition for all ranges would have it pass over rows, and an order around them would have it sort.
 */
function inTurn(
  table: PgTable,
  fields: Fields,
  order: readonly OrderKey[],
  limit: number,
  ranges: readonly (SQL | undefined)[],
) {
  const columns = new Set(Object.values(fields).map(({ name }) => identifier(name)));
  const keyed = order.map((key, index) => sql`, ${textOf(key)} as ${sql.raw(keyName(index))}`);
  const rest = sql`order by ${sql.join(orderClause(order), sql`, `)} limit ${literal(limit)}`;
  const selected = sql`select ${sql.raw([...columns].join(', '))}${sql.join(keyed)} from ${table} where`;
  const queries = ranges.map((range) => sql`(${selected} ${range} ${rest})`);
  return new Subquery(sql.join(queries, sql` union all `), fields, getTableName(table));
}

/**
 * Written out and not a parameter: not knowing how few rows are wanted, Postgres would never settle for a plan, and plan each page anew.
 * Drizzle writes any SQL here, as it does a placeholder, but its type names only that.
 */
const literal = (limit: number): Placeholder => sql.raw(String(limit)) as unknown as Placeholder;
