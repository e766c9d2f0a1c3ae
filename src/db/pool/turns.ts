import { canceled } from '../canceled.ts';
import { ROLLBACK } from '../connection/actor.ts';
import { isStale } from '../connection/connection.ts';
import { type Around, ConnectionExecutor, type RunDefaults } from '../connection/executor.ts';
import type { Result, RunOptions, Statement, TransactionOptions } from '../driver.ts';
import { enterOptions, type Pool, type Slot } from './pool.ts';

/** Milliseconds in the queue after which it is worth asking whether anybody still waits for the result. */
const LONG_WAIT = 100;

/** Work on a connection of the pool, each in its turn. */
export class Turns {
  constructor(
    private readonly pool: Pool,
    readonly defaults: RunDefaults,
  ) {}

  /** Runs `work` when a connection has become free for it, and gives the connection back without the settings that were left on it. */
  async take<T>(options: TransactionOptions | undefined, work: (slot: Slot) => Promise<T>): Promise<T> {
    const slot = await this.pool.acquire(enterOptions(options));
    const { connection } = slot;
    try {
      if (hasGone(slot, options)) throw canceled('signal');
      connection.keptSettings ||= options?.keepsSettings === true;
      return await work(slot);
    } finally {
      if (connection.keptSettings) await connection.dropSettings();
      slot.release();
    }
  }

  on(slot: Slot): ConnectionExecutor {
    return new ConnectionExecutor(slot.connection, this.defaults, {}, slot.waited);
  }

  /** Statements in one write with those around them; a failure leaves no transaction open. */
  async around(
    slot: Slot,
    statements: readonly Statement[],
    options: RunOptions,
    envelope: Around,
  ): Promise<readonly Result[]> {
    try {
      return await this.on(slot).all(statements, options, envelope);
    } catch (error) {
      await leaveClean(slot);
      throw error;
    }
  }
}

/** Whether the client had so long to wait that he has hung up. */
export const hasGone = (slot: Slot, options: RunOptions | undefined): boolean =>
  slot.waited > LONG_WAIT && options?.hangUp?.().aborted === true;

/** A transaction that a script or a failed batch has left open must not reach the next user of the connection. */
export async function leaveClean({ connection }: Slot): Promise<void> {
  if (connection.broken || connection.state === 'idle') return;
  await connection.run([ROLLBACK]).catch(() => connection.link.end());
}

/** Does it again where a prepared statement had gone stale: nothing of it has been done then. */
export async function refreshed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isStale(error)) throw error;
    return work();
  }
}
