import { type BatchOptions, DatabaseError, type Result, type Statement } from '../driver.ts';
import { READ_ONLY_TRANSACTION } from '../sqlstate.ts';
import { envelopeOf, needsTransaction, transactionEnvelope } from './envelope.ts';
import type { Slot } from './pool.ts';
import { SharedReads } from './shared-reads.ts';
import { refreshed, type Turns } from './turns.ts';

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

const isReadOnly = (error: unknown): boolean => error instanceof DatabaseError && error.code === READ_ONLY_TRANSACTION;
