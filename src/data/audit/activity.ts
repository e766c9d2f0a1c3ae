import { sql } from 'drizzle-orm';
import { HutchError } from '../../errors/index.ts';
import type { Database } from '../database.ts';
import { rowsOf } from '../rows.ts';
import { type Age, intervalOf } from '../soft-delete/age.ts';
import { AUDIT_LOG, RETAIN } from './log.ts';

/** What somebody did in one table. */
export interface TableActivity {
  /** `tickets`, or `app.tickets` outside `public`. */
  readonly table: string;
  readonly inserts: number;
  readonly updates: number;
  readonly deletes: number;
  /** Different rows touched. */
  readonly rows: number;
  readonly lastAt: Date;
}

export interface Activity {
  readonly actor: string;
  readonly days: number;
  /** Changes in all tables. */
  readonly changes: number;
  /** The busiest table first. */
  readonly tables: readonly TableActivity[];
}

/**
 * What an actor (`sub` of their claims) changed in the last days, for each audited table.
 *
 * @example
 * const { changes, tables } = await activity(db, 'usr_…', 30);
 * @throws HutchError `age_invalid` for days that are no positive number
 */
export async function activity(db: Database, actor: string, days: number): Promise<Activity> {
  if (!(days > 0) || !Number.isFinite(days))
    throw new HutchError('age_invalid', { details: `Days have to be positive; got ${days}.`, field: 'days' });
  const rows = await rowsOf<ActivityRow>(
    db,
    sql`select table_name, count(*) filter (where operation = 'INSERT') as inserts,
      count(*) filter (where operation = 'UPDATE') as updates, count(*) filter (where operation = 'DELETE') as deletes,
      count(distinct row_key) as rows, extract(epoch from max(at)) * 1000 as last_at
    from ${sql.raw(AUDIT_LOG)} where actor = ${actor} and at >= now() - make_interval(secs => ${days * 86_400})
    group by table_name order by count(*) desc, table_name`,
  );
  const tables = rows.map(tableActivity);
  const changes = tables.reduce((sum, it) => sum + it.inserts + it.updates + it.deletes, 0);
  return { actor, days, changes, tables };
}

type ActivityRow = Record<'table_name' | 'inserts' | 'updates' | 'deletes' | 'rows' | 'last_at', unknown>;

const tableActivity = (row: ActivityRow): TableActivity => ({
  table: String(row.table_name),
  inserts: Number(row.inserts),
  updates: Number(row.updates),
  deletes: Number(row.deletes),
  rows: Number(row.rows),
  lastAt: new Date(Number(row.last_at)),
});

/**
 * Forgets recorded changes that are older than `keep`, by whole months: cheap at any size. For a daily job.
 *
 * @returns the number of months dropped
 * @example
 * await retainAudit(db, '24 months');
 * @throws HutchError `age_invalid`
 */
export async function retainAudit(db: Database, keep: Age): Promise<number> {
  const [row] = await rowsOf<{ months: unknown }>(db, sql`select ${sql.raw(RETAIN)}(${intervalOf(keep)}) as months`);
  return Number(row?.months ?? 0);
}
