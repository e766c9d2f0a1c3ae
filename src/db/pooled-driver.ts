import { actorStatement, beginStatement, COMMIT, ROLLBACK } from './actor.ts';
import { canceled } from './canceled.ts';
import { isStale } from './connection.ts';
import {
  type Capabilities,
  DatabaseError,
  type Driver,
  type Health,
  type Observation,
  type PoolStats,
  type Result,
  type RunOptions,
  type Session,
  type Statement,
  type Transaction,
  type TransactionOptions,
  type Unlisten,
} from './driver.ts';
import { type Around, ConnectionExecutor, type RunDefaults } from './executor.ts';
import { Listeners } from './listeners.ts';
import { Observers } from './observer.ts';
import { enterOptions, type Pool, type Slot } from './pool.ts';
import { SlotSession } from './session.ts';
import { READ_ONLY_TRANSACTION } from './sqlstate.ts';
import { ConnectionTransaction } from './transaction.ts';

export interface PooledDriverOptions {
  readonly engine: Driver['engine'];
  readonly version: string;
  readonly capabilities: Capabilities;
  /** Milliseconds a statement may take where the caller gives no limit; 0: no limit. */
  readonly statementTimeout: number;
}

type BatchOptions = TransactionOptions & { readonly end?: 'commit' | 'rollback' };

/** Milliseconds in the queue after which it is worth asking whether anybody still waits for the result. */
const LONG_WAIT = 100;

/** Milliseconds that running work has to end in, when `close` gives no other time. */
const CLOSE_GRACE = 5_000;

/** The driver seam over a pool of Postgres sessions; engines differ in their pools and links only. */
export class PooledDriver implements Driver {
  readonly engine: Driver['engine'];
  readonly version: string;
  readonly capabilities: Capabilities;
  private readonly observers = new Observers();
  private readonly listeners: Listeners;
  private readonly defaults: RunDefaults;
  private closing: Promise<void> | undefined;

  constructor(
    protected readonly pool: Pool,
    options: PooledDriverOptions,
  ) {
    this.engine = options.engine;
    this.version = options.version;
    this.capabilities = options.capabilities;
    this.listeners = new Listeners(pool);
    this.defaults = { statementTimeout: options.statementTimeout, observers: this.observers };
  }

  query(statement: Statement, options?: RunOptions): Promise<Result> {
    return this.with(options, (slot) => refreshed(() => this.on(slot).query(statement, options)));
  }

  script(sql: string, options?: RunOptions): Promise<readonly Result[]> {
    return this.with(options, async (slot) => {
      try {
        return await this.on(slot).script(sql, options);
      } finally {
        await leaveClean(slot);
      }
    });
  }

  copyIn(sql: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, options?: RunOptions): Promise<number> {
    return this.with(options, (slot) => this.on(slot).copyIn(sql, chunks, options));
  }

  async *copyOut(sql: string, options?: RunOptions): AsyncIterable<Uint8Array> {
    const slot = await this.pool.acquire(enterOptions(options));
    try {
      yield* this.on(slot).copyOut(sql, options);
    } finally {
      slot.release();
    }
  }

  batch(statements: readonly Statement[], options: BatchOptions = {}): Promise<readonly Result[]> {
    return this.with(options, (slot) => refreshed(() => this.runBatch(slot, statements, options)));
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T> {
    return this.with(options, async (slot) => {
      const tx = new ConnectionTransaction(slot.connection, this.defaults, options, slot.waited);
      try {
        const value = await work(tx);
        await tx.commit();
        return value;
      } catch (error) {
        await tx.rollback().catch(() => slot.connection.link.end());
        throw error;
      }
    });
  }

  async session(options?: RunOptions): Promise<Session> {
    return new SlotSession(await this.pool.acquire(enterOptions(options)), this.defaults, options?.label);
  }

  listen(channel: string, heard: (payload: string, channel: string) => void): Promise<Unlisten> {
    return this.listeners.listen(channel, heard);
  }

  async notify(channel: string, payload: string): Promise<void> {
    await this.query({ text: 'SELECT pg_notify($1, $2)', params: [channel, payload] });
  }

  async health(): Promise<Health> {
    const start = performance.now();
    try {
      await this.query({ text: 'SELECT 1' });
      return { ok: true, latency: performance.now() - start };
    } catch (error) {
      return { ok: false, reason: error instanceof Error ? error.message : String(error) };
    }
  }

  stats(): PoolStats {
    return this.pool.stats();
  }

  observe(observer: (observation: Observation) => void): () => void {
    return this.observers.add(observer);
  }

  close(options?: { readonly graceMs?: number }): Promise<void> {
    this.closing ??= this.pool.close(options?.graceMs ?? CLOSE_GRACE);
    return this.closing;
  }

  /** Where the session was told to read only, what writes is sent again as a transaction that says so: nothing of it was done. */
  private async runBatch(
    slot: Slot,
    statements: readonly Statement[],
    options: BatchOptions,
  ): Promise<readonly Result[]> {
    try {
      return await this.runAround(slot, statements, options, envelopeOf(options));
    } catch (error) {
      if (options.readOnly !== false || needsTransaction(options) || !isReadOnly(error)) throw error;
      return this.runAround(slot, statements, options, transactionEnvelope(options));
    }
  }

  private async runAround(
    slot: Slot,
    statements: readonly Statement[],
    options: BatchOptions,
    envelope: Around,
  ): Promise<readonly Result[]> {
    try {
      return await this.on(slot).all(statements, options, envelope);
    } catch (error) {
      await leaveClean(slot);
      throw error;
    }
  }

  private on(slot: Slot): ConnectionExecutor {
    return new ConnectionExecutor(slot.connection, this.defaults, {}, slot.waited);
  }

  private async with<T>(options: RunOptions | undefined, work: (slot: Slot) => Promise<T>): Promise<T> {
    const slot = await this.pool.acquire(enterOptions(options));
    try {
      if (slot.waited > LONG_WAIT && options?.hangUp?.().aborted) throw canceled('signal');
      return await work(slot);
    } finally {
      slot.release();
    }
  }
}

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

const READ_ONLY = { transaction_read_only: 'on' };

const isReadOnly = (error: unknown): boolean => error instanceof DatabaseError && error.code === READ_ONLY_TRANSACTION;

/** Does it again where a prepared statement had gone stale: nothing of it has been done then. */
async function refreshed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isStale(error)) throw error;
    return work();
  }
}

/** A transaction that a script or a failed batch has left open must not reach the next user of the connection. */
async function leaveClean({ connection }: Slot): Promise<void> {
  if (connection.broken || connection.state === 'idle') return;
  await connection.run([ROLLBACK]).catch(() => connection.link.end());
}
