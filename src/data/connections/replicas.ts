import {
  ConnectionError,
  type Driver,
  type Health,
  type PoolStats,
  type Result,
  type RunOptions,
  type Statement,
} from '../../db/driver.ts';
import { isRead } from './read.ts';

export interface SpreadSettings {
  /** Which reads go to replicas: those asked of `replica` only, or every one outside a transaction. Default `asked`. */
  readonly reads?: 'asked' | 'all';
  /** With `all`: milliseconds after a write in which reads stay with the primary, so that writers see what they wrote. Default 1,000. */
  readonly sticky?: number;
  /** Milliseconds between looks at a replica that has failed. Default 5,000. */
  readonly recheck?: number;
  /** Told when a replica is left out, and when it is back. */
  readonly onChange?: (index: number, alive: boolean) => void;
}

export interface Spread {
  /** For everything: writes and transactions go to the primary. */
  readonly driver: Driver;
  /** For reads that may lag behind: a living replica, or the primary where there is none. All else goes to the primary. */
  readonly replica: Driver;
  poolStats(): { readonly primary: PoolStats; readonly replicas: readonly PoolStats[] };
  health(): Promise<{ readonly primary: Health; readonly replicas: readonly Health[] }>;
  /** Closes the primary and the replicas. */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

/**
 * Spreads reads over replicas. A replica that can't be reached is left out, its query runs elsewhere, and it takes part
 * again once it answers. What only looks like a read is refused by a replica, and then runs on the primary.
 *
 * ```ts
 * const replicas = await Promise.all(urls.map((url) => openPostgres({ url })));
 * const spread = spreadReads(primary, replicas, { reads: 'all' });
 * const db = drizzleOver(spread.driver);
 * const reports = drizzleOver(spread.replica); // also with `reads: 'asked'`
 * ```
 */
export function spreadReads(primary: Driver, replicas: readonly Driver[], settings: SpreadSettings = {}): Spread {
  const pool = new ReplicaPool(primary, replicas, settings);
  return {
    driver: settings.reads === 'all' ? spreading(primary, pool, settings.sticky ?? 1_000) : primary,
    replica: spreading(primary, pool, 0),
    poolStats: () => ({ primary: primary.stats(), replicas: replicas.map((replica) => replica.stats()) }),
    async health() {
      const [first, ...others] = await Promise.all([primary, ...replicas].map(healthOf));
      return { primary: first ?? { ok: false }, replicas: others };
    },
    async close(options) {
      pool.close();
      await Promise.all([primary, ...replicas].map((driver) => driver.close(options)));
    },
  };
}

const healthOf = (driver: Driver): Promise<Health> =>
  driver
    .health()
    .catch((error: unknown) => ({ ok: false, reason: error instanceof Error ? error.message : String(error) }));

/** A write was attempted where only reading is possible. */
const READ_ONLY = '25006';
/** The replica ends queries that stand in the way of what it has to replay. */
const RECOVERY_CONFLICT = '40001';

class ReplicaPool {
  readonly #alive: boolean[];
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #turn = 0;
  #closed = false;

  constructor(
    private readonly primary: Driver,
    private readonly replicas: readonly Driver[],
    private readonly settings: SpreadSettings,
  ) {
    this.#alive = replicas.map(() => true);
  }

  /** Tries the living replicas in turn, then the primary. */
  async query(statement: Statement, options?: RunOptions): Promise<Result> {
    for (const index of this.#inTurn()) {
      try {
        const replica = this.replicas[index];
        if (replica) return await replica.query(statement, options);
      } catch (error) {
        if (!this.#elsewhere(index, error)) throw error;
      }
    }
    return this.primary.query(statement, options);
  }

  #inTurn(): readonly number[] {
    const living = this.#alive.flatMap((alive, index) => (alive ? [index] : []));
    const start = this.#turn++ % Math.max(1, living.length);
    return [...living.slice(start), ...living.slice(0, start)];
  }

  /** Whether the failure is the replica's and not the query's. */
  #elsewhere(index: number, error: unknown): boolean {
    if (error instanceof ConnectionError && error.code !== 'pool_timeout') {
      this.#leaveOut(index);
      return true;
    }
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    return code === READ_ONLY || code === RECOVERY_CONFLICT || code === 'pool_timeout';
  }

  #leaveOut(index: number): void {
    if (!this.#alive[index]) return;
    this.#alive[index] = false;
    this.settings.onChange?.(index, false);
    this.#recheckLater(index);
  }

  #recheckLater(index: number): void {
    if (this.#closed) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#recheck(index);
    }, this.settings.recheck ?? 5_000);
    timer.unref();
    this.#timers.add(timer);
  }

  async #recheck(index: number): Promise<void> {
    const replica = this.replicas[index];
    const { ok } = replica ? await healthOf(replica) : { ok: false };
    if (!ok) return this.#recheckLater(index);
    this.#alive[index] = true;
    this.settings.onChange?.(index, true);
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }
}

/** The primary, but for reads outside of transactions that no write has come shortly before. */
function spreading(primary: Driver, pool: ReplicaPool, sticky: number): Driver {
  let wroteAt = Number.NEGATIVE_INFINITY;
  const query: Driver['query'] = (statement, options) => {
    if (!isRead(statement.text)) wroteAt = performance.now();
    else if (performance.now() - wroteAt >= sticky) return pool.query(statement, options);
    return primary.query(statement, options);
  };
  return new Proxy(primary, {
    get(target, name) {
      if (name === 'query') return query;
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        // Whatever else is called may write: a transaction, a batch, a script, COPY, a session.
        if (WRITING.has(String(name))) wroteAt = performance.now();
        return Reflect.apply(member, target, args);
      };
    },
  });
}

const WRITING: ReadonlySet<string> = new Set(['transaction', 'batch', 'script', 'copyIn', 'session']);
