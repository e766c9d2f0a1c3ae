import { ConnectionExecutor, type RunDefaults } from '../connection/executor.ts';
import { withSavepoint } from '../connection/transaction.ts';
import type { Session, Transaction } from '../driver.ts';
import type { Slot } from './pool.ts';

/** A session of one's own, until released. */
export class SlotSession extends ConnectionExecutor implements Session {
  private savepoints = 0;
  private released: Promise<void> | undefined;

  constructor(
    private readonly slot: Slot,
    defaults: RunDefaults,
    label?: string,
  ) {
    super(slot.connection, defaults, { label }, slot.waited);
  }

  savepoint<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return withSavepoint(this, `hutch_${++this.savepoints}`, () => work(this));
  }

  release(): Promise<void> {
    this.released ??= this.giveBack();
    return this.released;
  }

  private async giveBack(): Promise<void> {
    try {
      if (!this.connection.broken) await this.slot.reset();
    } catch {
      // A session that can't be reset is not used again.
      await this.connection.link.end();
    } finally {
      this.slot.release();
    }
  }
}
