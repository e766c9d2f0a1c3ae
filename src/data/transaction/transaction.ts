import { HutchError } from '../../errors/index.ts';
import { type Database, isTransaction, type TransactionOf } from '../database.ts';
import { type CommitHook, collectHooks, hooksOf, runHooks } from './hooks.ts';
import { retrying } from './retry.ts';

export type IsolationLevel = 'read committed' | 'repeatable read' | 'serializable';

export interface TransactionSettings {
  /** Default: the server's own, as a rule `read committed`. */
  readonly isolation?: IsolationLevel;
  /** The database refuses writes inside. */
  readonly readOnly?: boolean;
  /** How many times more to try after a serialization failure (40001) or a deadlock (40P01). Default 5; 0 never retries. */
  readonly retries?: number;
}

const DEFAULT_RETRIES = 5;

/**
 * Runs `work` in a transaction: committed when it resolves, rolled back when it rejects. Given a transaction, it nests in
 * a savepoint, so that an error inside undoes only what was inside and is thrown on.
 *
 * After a serialization failure or a deadlock the outermost transaction is begun again, with growing, random pauses; so
 * `work` may run more than once and should do nothing outside the database: that is what `afterCommit` is for.
 *
 * ```ts
 * const total = await transaction(db, async (tx) => {
 *   await tx.update(accounts).set({ balance: sql`${accounts.balance} - 10` }).where(eq(accounts.id, 1));
 *   await tx.update(accounts).set({ balance: sql`${accounts.balance} + 10` }).where(eq(accounts.id, 2));
 *   return tx.$count(accounts);
 * }, { isolation: 'serializable' });
 * ```
 *
 * @throws HutchError `transaction_nested_options` for isolation or access mode inside a transaction that has begun;
 *   otherwise what `work` or the database threw.
 */
export async function transaction<D extends Database, T>(
  db: D,
  work: (tx: TransactionOf<D>) => Promise<T>,
  settings: TransactionSettings = {},
): Promise<T> {
  return isTransaction(db) ? nested(db, work, settings) : outermost(db, work, settings);
}

async function outermost<D extends Database, T>(
  db: D,
  work: (tx: TransactionOf<D>) => Promise<T>,
  settings: TransactionSettings,
): Promise<T> {
  let hooks: CommitHook[] = [];
  const attempt = () =>
    begin(db, settings, (tx) => {
      hooks = collectHooks(tx);
      return work(tx);
    });
  const result = await retrying(attempt, settings.retries ?? DEFAULT_RETRIES);
  await runHooks(hooks);
  return result;
}

/** A savepoint's hooks join those around it only once it is released. */
async function nested<D extends Database, T>(
  db: D,
  work: (tx: TransactionOf<D>) => Promise<T>,
  settings: TransactionSettings,
): Promise<T> {
  refuseNestedSettings(settings);
  const around = hooksOf(db);
  let hooks: CommitHook[] = [];
  const result = await begin(db, {}, (tx) => {
    if (around) hooks = collectHooks(tx);
    return work(tx);
  });
  around?.push(...hooks);
  return result;
}

function refuseNestedSettings(settings: TransactionSettings): void {
  const field = settings.isolation ? 'isolation' : settings.readOnly ? 'readOnly' : undefined;
  if (!field) return;
  throw new HutchError('transaction_nested_options', {
    field,
    details: `'${field}' was given for a nested transaction`,
  });
}

function begin<D extends Database, T>(
  db: D,
  settings: TransactionSettings,
  work: (tx: TransactionOf<D>) => Promise<T>,
): Promise<T> {
  // The database's own `transaction` hands over exactly TransactionOf<D>; the constraint's signature only knows less.
  return db.transaction((tx) => work(tx as TransactionOf<D>), drizzleConfig(settings));
}

function drizzleConfig(settings: TransactionSettings) {
  if (!settings.isolation && !settings.readOnly) return undefined;
  return {
    ...(settings.isolation && { isolationLevel: settings.isolation }),
    ...(settings.readOnly && { accessMode: 'read only' as const }),
  };
}
