import { actorStatement, beginStatement, COMMIT, ROLLBACK } from '../connection/actor.ts';
import type { Around } from '../connection/executor.ts';
import type { BatchOptions } from '../driver.ts';

const READ_ONLY = { transaction_read_only: 'on' };

/**
 * Statements around a batch. A request is a transaction by itself, which saves BEGIN and COMMIT; that it only reads is a setting like
 * the actor's, that it writes is what a session does unless it was told otherwise.
 */
export function envelopeOf(options: BatchOptions): Around {
  if (needsTransaction(options)) return transactionEnvelope(options);
  const alone = actorStatement(options.actor, options.readOnly ? READ_ONLY : {});
  return { before: alone === undefined ? [] : [alone], after: [] };
}

/** What must be said before the first snapshot, or takes everything back, needs BEGIN and its end. */
export const needsTransaction = ({ isolation, end }: BatchOptions): boolean =>
  isolation !== undefined || end === 'rollback';

export function transactionEnvelope(options: BatchOptions): Around {
  const acting = actorStatement(options.actor);
  const begin = beginStatement(options);
  const end = options.end === 'rollback' ? ROLLBACK : COMMIT;
  return { before: acting === undefined ? [begin] : [begin, acting], after: [end] };
}
