import { sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { identifier } from '../../db/quoting.ts';
import { HutchError } from '../../errors/index.ts';
import type { Database } from '../database.ts';
import { rowsOf } from '../rows.ts';
import { shapeOf } from '../table/shape.ts';
import { type Age, intervalOf } from './age.ts';
import { deletionColumnsOf } from './change.ts';
import { PURGE_SETTING } from './clauses.ts';

export interface PurgeOptions {
  /** Only rows deleted at least this long ago: `'30 days'`, or milliseconds. */
  readonly olderThan: Age;
  /** Rows for each transaction. Default 1000. */
  readonly batch?: number;
  /** Called after each batch with the number of rows purged so far. */
  readonly onProgress?: (purged: number) => void;
}

const DEFAULT_BATCH = 1000;

/**
 * Deletes for good what was deleted softly at least `olderThan` ago, in batches, each in a transaction of its own (a savepoint
 * inside a transaction). Living rows stay, whatever happens; children go along foreign keys that say cascade.
 *
 * @returns the number of rows of this table that are gone
 * @example
 * const gone = await purge(db, tickets, { olderThan: '30 days' });
 * @throws HutchError `soft_delete_missing`, `primary_key_missing`, `age_invalid`
 */
export async function purge(db: Database, table: PgTable, options: PurgeOptions): Promise<number> {
  const batch = options.batch ?? DEFAULT_BATCH;
  if (!Number.isSafeInteger(batch) || batch < 1)
    throw new HutchError('row_invalid_value', { details: 'A batch has at least one row.', field: 'batch' });
  const statement = purgeStatement(table, options.olderThan, batch);
  let purged = 0;
  for (;;) {
    const count = await db.transaction(async (tx) => {
      await tx.execute(sql`select set_config(${PURGE_SETTING}, 'on', true)`);
      const [row] = await rowsOf<{ count: number }>(tx, statement);
      // In a savepoint the setting would outlive it, until the transaction around it ends.
      await tx.execute(sql`select set_config(${PURGE_SETTING}, 'off', true)`);
      return row?.count ?? 0;
    });
    purged += count;
    if (count > 0) options.onProgress?.(purged);
    if (count < batch) return purged;
  }
}

function purgeStatement(table: PgTable, olderThan: Age, batch: number) {
  const { deletedAt } = deletionColumnsOf(table);
  const { key, label, sql: name } = shapeOf(table);
  if (key.length === 0) throw new HutchError('primary_key_missing', { details: `"${label}" has none.` });
  const columns = sql.raw(key.map(identifier).join(', '));
  const at = sql.raw(identifier(deletedAt.name));
  return sql`with gone as (
    delete from ${sql.raw(name)} where (${columns}) in (
      select ${columns} from ${sql.raw(name)} where ${at} <= now() - ${intervalOf(olderThan)}
      order by ${at} limit ${batch} for update skip locked)
    returning 1)
  select count(*)::int as count from gone`;
}
