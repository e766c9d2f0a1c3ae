import { type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { Database } from '../database.ts';
import { rowsOf } from '../rows.ts';

/**
 * How rows are counted: one by one (`exact`), by the planner's guess (`planned`), or one by one up to a limit and by the
 * guess above it (`estimated`).
 */
export type CountKind = 'exact' | 'planned' | 'estimated';

/** Above so many rows an estimated count is the planner's. */
export const COUNTED_ROWS = 10_000;

export async function countRows(
  db: Database,
  table: PgTable,
  where: SQL | undefined,
  kind: CountKind,
): Promise<number> {
  if (kind === 'exact') return db.$count(table, where);
  const filter = where ? sql` where ${where}` : sql``;
  if (kind === 'planned') return planned(db, sql`select 1 from ${table}${filter}`);
  const [row] = await rowsOf<{ count: number }>(
    db,
    sql`select count(*)::int as count from (select 1 from ${table}${filter} limit ${sql.raw(String(COUNTED_ROWS + 1))}) s`,
  );
  const counted = row?.count ?? 0;
  if (counted <= COUNTED_ROWS) return counted;
  // The planner may guess too low; there are at least those that were counted.
  return Math.max(counted, await planned(db, sql`select 1 from ${table}${filter}`));
}

/** "Seq Scan on …  (cost=… rows=1234 width=…)" */
async function planned(db: Database, query: SQL): Promise<number> {
  const [line] = await rowsOf<{ 'QUERY PLAN': string }>(db, sql`explain ${query}`);
  return Number(/ rows=(\d+)/.exec(line?.['QUERY PLAN'] ?? '')?.[1] ?? 0);
}
