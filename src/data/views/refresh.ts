import { sql } from 'drizzle-orm';
import type { PgMaterializedView } from 'drizzle-orm/pg-core';
import { literal } from '../../db/quoting.ts';
import { didYouMean, HutchError, isHutchError } from '../../errors/index.ts';
import type { Database } from '../database.ts';
import { rowsOf } from '../rows.ts';
import { withAdvisoryLock } from '../transaction/index.ts';
import { viewName } from './declare.ts';

/** How a view was refreshed: `concurrently`, readers never waited. */
export type Refreshed = 'concurrently' | 'exclusively';

/**
 * Refreshes a materialised view, concurrently where that is possible: it has a unique index (see `keyed`) and has been filled
 * once. Otherwise readers wait until it is done.
 *
 * @example
 * await refresh(db, load);
 * @throws HutchError `view_unknown`
 */
export async function refresh(db: Database, view: PgMaterializedView): Promise<Refreshed> {
  const concurrently = await canRefreshConcurrently(db, view);
  const builder = db.refreshMaterializedView(view);
  await (concurrently ? builder.concurrently() : builder);
  return concurrently ? 'concurrently' : 'exclusively';
}

async function canRefreshConcurrently(db: Database, view: PgMaterializedView): Promise<boolean> {
  const name = literal(viewName(view));
  const [row] = await rowsOf<{ possible: boolean }>(
    db,
    sql`select relispopulated and exists (
      select from pg_index where indrelid = c.oid and indisunique and indisvalid and indpred is null and indexprs is null
    ) as possible from pg_class c where oid = to_regclass(${sql.raw(name)}) and relkind = 'm'`,
  );
  if (row) return row.possible;
  throw await unknownView(db, view);
}

async function unknownView(db: Database, view: PgMaterializedView): Promise<HutchError> {
  const rows = await rowsOf<{ name: string }>(
    db,
    sql`select format('%I.%I', schemaname, matviewname) as name from pg_matviews`,
  );
  const wanted = viewName(view).replaceAll('"', '');
  const names = rows.map((it) => it.name);
  return new HutchError('view_unknown', {
    details: `${wanted} is not in the database.`,
    hint: didYouMean(wanted, names) ?? 'Run the migrations.',
  });
}

export interface ScheduleOptions {
  /** Milliseconds between the end of one refresh and the start of the next. */
  readonly every: number;
  /** Told of each refresh. */
  readonly onRefresh?: (how: Refreshed) => void;
  /** Told of a refresh that failed; the schedule goes on. */
  readonly onError?: (error: unknown) => void;
}

/** A running schedule. */
export interface Schedule extends AsyncDisposable {
  /** No more refreshes; resolves when a running one has ended. */
  stop(): Promise<void>;
}

/**
 * Refreshes a view again and again. Where several processes do, one at a time does it and the others skip their turn.
 * Does not keep the process alive.
 *
 * @example
 * const schedule = refreshEvery(db, load, { every: 60_000, onError: (error) => log.warn(error) });
 * await schedule.stop();
 * @throws HutchError `age_invalid` where `every` is no positive number
 */
export function refreshEvery(db: Database, view: PgMaterializedView, options: ScheduleOptions): Schedule {
  const { every } = options;
  if (!(every > 0) || !Number.isFinite(every))
    throw new HutchError('age_invalid', { details: `Got ${every} milliseconds.`, field: 'every' });
  let running: Promise<void> = Promise.resolve();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const next = () => {
    if (stopped) return;
    timer = setTimeout(() => {
      running = refreshOnce(db, view, options).finally(next);
    }, every);
    timer.unref();
  };
  const stop = async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
  next();
  return { stop, [Symbol.asyncDispose]: stop };
}

async function refreshOnce(db: Database, view: PgMaterializedView, options: ScheduleOptions): Promise<void> {
  try {
    const how = await withAdvisoryLock(db, `refresh ${viewName(view)}`, (tx) => refresh(tx, view), { wait: 0 });
    options.onRefresh?.(how);
  } catch (error) {
    if (!isHutchError(error) || error.code !== 'lock_unavailable') options.onError?.(error);
  }
}
