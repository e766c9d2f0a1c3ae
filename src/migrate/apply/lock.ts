import type { Driver, Session } from '../../db/driver.ts';
import { literal } from '../../db/quoting.ts';
import { HutchError } from '../../errors/index.ts';
import { type LedgerName, tableOf } from '../project/project.ts';
import type { OnEvent } from './events.ts';

/** How long to wait for another deployer before giving up; a long migration of theirs is the usual reason. */
const LOCK_WAIT_MS = 10 * 60_000;
const POLL_MS = 200;
/** How often waiting is told. */
const TELL_EVERY_MS = 5_000;

export interface LockOptions {
  readonly lockWaitMs?: number;
  readonly onEvent?: OnEvent;
}

/**
 * Runs `work` in a session that holds the migrations' advisory lock: one deployer at a time, across processes.
 * The lock is polled for, not waited for: a statement that waits holds a snapshot, on which the other deployer's
 * `CREATE INDEX CONCURRENTLY` would wait in turn, for ever.
 * @throws HutchError `migrate_locked`
 */
export async function withLock<T>(
  driver: Driver,
  ledger: LedgerName,
  options: LockOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await driver.session({ label: 'migrate' });
  const key = `hashtextextended(${literal(`hutch migrate ${tableOf(ledger)}`)}, 0)`;
  try {
    await acquire(session, key, options);
    try {
      return await work(session);
    } finally {
      // A lost connection has let go of the lock already.
      await session.script(`select pg_advisory_unlock(${key})`).catch(() => undefined);
    }
  } finally {
    await session.release();
  }
}

async function acquire(session: Session, key: string, options: LockOptions): Promise<void> {
  const started = Date.now();
  const limit = options.lockWaitMs ?? LOCK_WAIT_MS;
  let told = 0;
  while (!(await tryLock(session, key))) {
    const waitedMs = Date.now() - started;
    if (waitedMs >= limit) {
      throw new HutchError('migrate_locked', {
        details: `Another process has held the lock for ${Math.round(waitedMs / 1000)} s.`,
      });
    }
    if (waitedMs >= told) {
      options.onEvent?.({ type: 'waiting', waitedMs });
      told += TELL_EVERY_MS;
    }
    await Bun.sleep(POLL_MS);
  }
}

async function tryLock(session: Session, key: string): Promise<boolean> {
  const result = await session.query({ text: `select pg_try_advisory_lock(${key})`, prepare: false });
  return result.rows[0]?.[0] === 't';
}
