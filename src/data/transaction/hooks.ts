import { HutchError } from '../../errors/index.ts';
import type { Database } from '../database.ts';

export type CommitHook = () => void | Promise<void>;

/** The hooks of each open transaction, kept beside it and not in it, so that any Drizzle transaction object will do. */
const pending = new WeakMap<object, CommitHook[]>();

export function collectHooks(tx: object): CommitHook[] {
  const hooks: CommitHook[] = [];
  pending.set(tx, hooks);
  return hooks;
}

export function hooksOf(tx: object): CommitHook[] | undefined {
  return pending.get(tx);
}

/**
 * Runs `hook` once the transaction is committed for good: after the outermost commit, in the order of registration, and
 * never when it, or the savepoint it was registered in, is rolled back. For what must not happen when the write did not:
 * a mail, a message, a dropped cache entry. A hook that must not be lost when the process dies belongs in the outbox.
 *
 * ```ts
 * await transaction(db, async (tx) => {
 *   const [order] = await tx.insert(orders).values({ total: 12 }).returning();
 *   afterCommit(tx, () => mailer.send(`Order ${order.id}`));
 * });
 * ```
 *
 * @throws HutchError `after_commit_outside` where `tx` was not begun by `transaction` or `requestTransaction`.
 */
export function afterCommit(tx: Database, hook: CommitHook): void {
  const hooks = pending.get(tx);
  if (!hooks) {
    throw new HutchError('after_commit_outside', {
      hint: 'Begin it with transaction(db, async (tx) => …) or requestTransaction(db), and pass that tx.',
    });
  }
  hooks.push(hook);
}

/**
 * Every hook runs, whatever becomes of the others.
 *
 * @throws HutchError `after_commit_failed` with all failures as its cause: the write is done, so it must not look undone.
 */
export async function runHooks(hooks: readonly CommitHook[]): Promise<void> {
  const failures: unknown[] = [];
  for (const hook of hooks) {
    try {
      await hook();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new HutchError('after_commit_failed', { cause: new AggregateError(failures) });
}
