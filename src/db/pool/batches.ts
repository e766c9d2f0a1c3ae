import { actorStatement, beginStatement, COMMIT, READ_ONLY, ROLLBACK } from '../connection/actor.ts';
import { isStale } from '../connection/connection.ts';
import type { Around } from '../connection/executor.ts';
import { type BatchOptions, DatabaseError, type Result, type Statement } from '../driver.ts';
import { READ_ONLY_TRANSACTION } from '../sqlstate.ts';
import type { Slot } from './pool.ts';
import { SharedReads } from './shared-reads.ts';
import type { Turns } from './turns.ts';

/** Several statements in one write, as an actor. */
export class Batches {
  private readonly shared: SharedReads;

  constructor(private readonly turns: Turns) {
    this.shared = new SharedReads(turns, (statements, options) => this.alone(statements, options));
  }

  run(statements: readonly Statement[], options: BatchOptions): Promise<readonly Result[]> {
    const [read, ...others] = statements;
    if (read === undefined || others.length > 0 || !mayBeShared(options)) return this.alone(statements, options);
    return this.shared.read(read, options);
  }

  private alone(statements: readonly Statement[], options: BatchOptions): Promise<readonly Result[]> {
    return this.turns.take(options, (slot) => refreshed(() => this.runBatch(slot, statements, options)));
  }

  /** Where the session was told to read only, what writes is sent again as a transaction that says so: nothing of it was done. */
  private async runBatch(
    slot: Slot,
    statements: readonly Statement[],
    options: BatchOptions,
  ): Promise<readonly Result[]> {
    try {
      return await this.turns.around(slot, statements, options, envelopeOf(options));
    } catch (error) {
      if (options.readOnly !== false || needsTransaction(options) || !isReadOnly(error)) throw error;
      return this.turns.around(slot, statements, options, transactionEnvelope(options));
    }
  }
}

/** A signal of one's own would end the others' as well. */
const mayBeShared = (options: BatchOptions): boolean =>
  options.together === true && options.readOnly === true && options.signal === undefined && !needsTransaction(options);

/**
 * Statements around a batch. A request is a transaction by itself, which saves BEGIN and COMMIT; that it only reads is a setting like
 * the actor's, that it writes is what a session does unless it was told otherwise.
 */
function envelopeOf(options: BatchOptions): Around {
  if (needsTransaction(options)) return transactionEnvelope(options);
  const alone = actorStatement(options.actor, options.readOnly ? READ_ONLY : {});
  return { before: alone === undefined ? [] : [alone], after: [] };
}

/** What must be said before the first snapshot, or takes everything back, needs BEGIN and its end. */
const needsTransaction = ({ isolation, end }: BatchOptions): boolean => isolation !== undefined || end === 'rollback';

function transactionEnvelope(options: BatchOptions): Around {
  const acting = actorStatement(options.actor);
  const begin = beginStatement(options);
  const end = options.end === 'rollback' ? ROLLBACK : COMMIT;
  return { before: acting === undefined ? [begin] : [begin, acting], after: [end] };
}

const isReadOnly = (error: unknown): boolean => error instanceof DatabaseError && error.code === READ_ONLY_TRANSACTION;

/** Does it again where a prepared statement had gone stale: nothing of it has been done then. */
export async function refreshed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isStale(error)) throw error;
    return work();
  }
}
