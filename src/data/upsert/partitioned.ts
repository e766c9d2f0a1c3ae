import { sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { Database } from '../database.ts';
import { rowsOf } from '../rows.ts';
import { regclassOf } from './target.ts';

/** A table does not become partitioned while a process runs; so each is asked about once. */
const known = new WeakMap<PgTable, boolean>();

/** Whether the live table is partitioned, which a Drizzle table does not say. */
export async function isPartitioned(db: Database, table: PgTable): Promise<boolean> {
  const before = known.get(table);
  if (before !== undefined) return before;
  const query = sql`select relkind = 'p' as partitioned from pg_class where oid = ${regclassOf(table)}`;
  const [row] = await rowsOf<{ partitioned: boolean }>(db, query);
  const partitioned = row?.partitioned ?? false;
  known.set(table, partitioned);
  return partitioned;
}
