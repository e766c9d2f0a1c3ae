import { ConnectionTransaction } from '../connection/transaction.ts';
import type {
  BatchOptions,
  Capabilities,
  Driver,
  Health,
  Observation,
  PoolStats,
  Result,
  RunOptions,
  Session,
  Statement,
  Transaction,
  TransactionOptions,
  Unlisten,
} from '../driver.ts';
import { Observers } from '../observer.ts';
import { Batches } from './batches.ts';
import { Listeners } from './listeners.ts';
import { enterOptions, type Pool } from './pool.ts';
import { SlotSession } from './session.ts';
import { leaveClean, refreshed, Turns } from './turns.ts';

export interface PooledDriverOptions {
  readonly engine: Driver['engine'];
  readonly version: string;
  readonly capabilities: Capabilities;
  /** Milliseconds a statement may take where the caller gives no limit; 0: no limit. */
  readonly statementTimeout: number;
}

/** Milliseconds that running work has to end in, when `close` gives no other time. */
const CLOSE_GRACE = 5_000;

/** The driver seam over a pool of Postgres sessions; engines differ in their pools and links only. */
export class PooledDriver implements Driver {
  readonly engine: Driver['engine'];
  readonly version: string;
  readonly capabilities: Capabilities;
  private readonly observers = new Observers();
  private readonly listeners: Listeners;
  private readonly turns: Turns;
  private readonly batches: Batches;
  private closing: Promise<void> | undefined;

  constructor(
    protected readonly pool: Pool,
    options: PooledDriverOptions,
  ) {
    this.engine = options.engine;
    this.version = options.version;
    this.capabilities = options.capabilities;
    this.listeners = new Listeners(pool);
    this.turns = new Turns(pool, { statementTimeout: options.statementTimeout, observers: this.observers });
    this.batches = new Batches(this.turns);
  }

  query(statement: Statement, options?: RunOptions): Promise<Result> {
    return this.turns.take(options, (slot) => refreshed(() => this.turns.on(slot).query(statement, options)));
  }

  script(sql: string, options?: RunOptions): Promise<readonly Result[]> {
    return this.turns.take(options, async (slot) => {
      try {
        return await this.turns.on(slot).script(sql, options);
      } finally {
        await leaveClean(slot);
      }
    });
  }

  copyIn(sql: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, options?: RunOptions): Promise<number> {
    return this.turns.take(options, (slot) => this.turns.on(slot).copyIn(sql, chunks, options));
  }

  async *copyOut(sql: string, options?: RunOptions): AsyncIterable<Uint8Array> {
    const slot = await this.pool.acquire(enterOptions(options));
    try {
      yield* this.turns.on(slot).copyOut(sql, options);
    } finally {
      slot.release();
    }
  }

  batch(statements: readonly Statement[], options: BatchOptions = {}): Promise<readonly Result[]> {
    return this.batches.run(statements, options);
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T> {
    return this.turns.take(options, async (slot) => {
      const tx = new ConnectionTransaction(slot.connection, this.turns.defaults, options, slot.waited);
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
    return new SlotSession(await this.pool.acquire(enterOptions(options)), this.turns.defaults, options?.label);
  }

  listen(channel: string, heard: (payload: string, channel: string) => void, resumed?: () => void): Promise<Unlisten> {
    return this.listeners.listen(channel, heard, resumed);
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
}
