import { and, getTableColumns, type Placeholder, type SQL, sql } from 'drizzle-orm';
import { type PgColumn, type PgTable, unionAll } from 'drizzle-orm/pg-core';
import type { Database } from '../database.ts';
import { type OrderKey, orderClause } from './order.ts';
import { type Place, rangesAfter } from './seek.ts';

export interface Found {
  readonly row: Record<string, unknown>;
  readonly place: Place;
}

interface Wanted {
  readonly where?: SQL;
  readonly fields?: Readonly<Record<string, PgColumn>>;
}

type Row = Record<string, unknown>;

/** Selected beside the fields: the order's keys as text, for the cursors. */
const KEY = 'hutch_key_';
/** Where a row of several ranges stands: the range, and its place in it. */
const RANGE = 'hutch_range';
const PLACE = 'hutch_place';

/**
 * Rows after a place. Where that is more than one range of an index, all ranges are asked in one statement, of each as many rows as could
 * be needed: Postgres reads them from the index and stops, while one condition for all would have it pass over rows.
 */
export async function rowsFrom(
  db: Database,
  table: PgTable,
  order: readonly OrderKey[],
  limit: number,
  wanted: Wanted,
  place: Place | undefined,
): Promise<Found[]> {
  const fields = wanted.fields ?? getTableColumns(table);
  const keys = Object.fromEntries(
    order.map(({ value }, index) => [`${KEY}${index}`, sql<string | null>`${value}::text`.as(`${KEY}${index}`)]),
  );
  const select = (extra: Readonly<Record<string, SQL.Aliased>>, after: SQL | undefined) =>
    db
      .select({ ...fields, ...keys, ...extra })
      .from(table)
      .where(and(wanted.where, after))
      .orderBy(...orderClause(order))
      .limit(literal(limit));
  const ranges = place ? rangesAfter(order, place) : [];
  const [one, two, ...more] = ranges.map((range, index) => select(ranks(order, index), range));
  const found: readonly Row[] =
    one && two ? inOrder(await unionAll(one, two, ...more), limit) : await select({}, ranges[0]);
  return found.map((row) => ({
    row: fieldsOf(row, fields),
    place: order.map((_, index) => textOf(row[`${KEY}${index}`])),
  }));
}

/**
 * Written out and not a parameter: not knowing how few rows are wanted, Postgres would never settle for a plan, and plan each page anew.
 * Drizzle writes any SQL here, as it does a placeholder, but its type names only that.
 */
const literal = (limit: number): Placeholder => sql.raw(String(limit)) as unknown as Placeholder;

const ranks = (order: readonly OrderKey[], range: number): Readonly<Record<string, SQL.Aliased>> => ({
  [RANGE]: sql`${sql.raw(String(range))}`.as(RANGE),
  [PLACE]: sql`row_number() over (order by ${sql.join(orderClause(order), sql`, `)})`.as(PLACE),
});

/** A union promises no order. */
function inOrder(rows: readonly Row[], limit: number): readonly Row[] {
  const rank = (row: Row) => Number(row[RANGE]) * (limit + 1) + Number(row[PLACE]);
  return rows.toSorted((a, b) => rank(a) - rank(b)).slice(0, limit);
}

const fieldsOf = (row: Row, fields: object): Row =>
  Object.fromEntries(Object.keys(fields).map((key) => [key, row[key]]));

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
