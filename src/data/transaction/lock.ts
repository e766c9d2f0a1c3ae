import { sql } from 'drizzle-orm';
import type { Driver, Session } from '../../db/driver.ts';
import { HutchError } from '../../errors/index.ts';
import type { Database, TransactionOf } from '../database.ts';
import { rowsOf } from '../rows.ts';
import { sqlstateOf } from '../sqlstate.ts';
import { transaction } from './transaction.ts';

/** Any text names a lock (it is hashed to 64 bits by Postgres); a bigint is taken as it is. */
export type LockKey = string | bigint;

export interface LockSettings {
  /** Milliseconds to wait for the lock; 0 gives up at once. Default: as long as it takes. */
  readonly wait?: number;
}

/** lock_not_available */
const TIMED_OUT = '55P03';

/**
 * Runs `work` in a transaction that holds an advisory lock until its end, so that one at a time does it: across
 * processes, without a table to lock. Given a transaction, the lock is that transaction's and lasts until it ends.
 *
 * ```ts
 * await withAdvisoryLock(db, 'nightly-report', async (tx) => {
 *   await tx.delete(reports).where(lt(reports.day, today));
 * }, { wait: 0 });
 * ```
 *
 * @throws HutchError `lock_unavailable` where it was not free within `wait`.
 */
export async function withAdvisoryLock<D extends Database, T>(
  db: D,
  key: LockKey,
  work: (tx: TransactionOf<D>) => Promise<T>,
  settings: LockSettings = {},
): Promise<T> {
  return transaction(db, async (tx) => {
    await lockInside(tx, key, settings.wait);
    return work(tx);
  });
}

async function lockInside(tx: Database, key: LockKey, wait: number | undefined): Promise<void> {
  if (wait === undefined) {
    await tx.execute(sql`select pg_advisory_xact_lock(${hashed(key)})`);
  } else if (wait <= 0) {
    const [row] = await rowsOf<{ got: boolean }>(tx, sql`select pg_try_advisory_xact_lock(${hashed(key)}) as got`);
    if (!row?.got) throw unavailable(key);
  } else {
    await lockWithin(tx, key, wait);
  }
}

/** The limit is for this lock alone: what `work` waits for later keeps the limit it had. */
async function lockWithin(tx: Database, key: LockKey, wait: number): Promise<void> {
  const limit = String(Math.ceil(wait));
  try {
    const [before] = await rowsOf<{ value: string }>(
      tx,
      sql`select current_setting('lock_timeout') as value, set_config('lock_timeout', ${limit}, true)`,
    );
    await tx.execute(sql`select pg_advisory_xact_lock(${hashed(key)})`);
    await tx.execute(sql`select set_config('lock_timeout', ${before?.value ?? '0'}, true)`);
  } catch (error) {
    if (sqlstateOf(error) === TIMED_OUT) throw unavailable(key, error);
    throw error;
  }
}

const hashed = (key: LockKey) =>
  typeof key === 'bigint' ? sql`${key.toString()}::text::bigint` : sql`hashtextextended(${key}, 0)`;

function unavailable(key: LockKey, cause?: unknown): HutchError {
  return new HutchError('lock_unavailable', { details: `The advisory lock '${key}' is held elsewhere`, cause });
}

/**
 * Runs `work` while a session of its own holds the lock, over any number of transactions: for long jobs, which must not
 * keep one transaction open. The session is `work`'s to use, and is given back at the end, whereupon the lock is free.
 *
 * ```ts
 * await withSessionLock(driver, 'importer', async (session) => {
 *   await session.query({ text: 'vacuum analyze imports', prepare: false });
 * }, { wait: 0 });
 * ```
 *
 * @throws HutchError `lock_unavailable` where `wait` is 0 and it is not free.
 */
export async function withSessionLock<T>(
  driver: Driver,
  key: LockKey,
  work: (session: Session) => Promise<T>,
  settings: { readonly wait?: 0 } = {},
): Promise<T> {
  const session = await driver.session();
  try {
    const attempt = settings.wait === 0 ? 'pg_try_advisory_lock' : 'pg_advisory_lock';
    const argument = typeof key === 'bigint' ? '$1::bigint' : 'hashtextextended($1, 0)';
    const result = await session.query({ text: `select ${attempt}(${argument})`, params: [key.toString()] });
    if (result.rows[0]?.[0] === 'f') throw unavailable(key);
    return await work(session);
  } finally {
    // Giving a session back resets it, which frees its advisory locks as well.
    await session.release();
  }
}
