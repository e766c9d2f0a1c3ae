import type { Actor, Driver, Health, PoolStats } from '../../db/driver.ts';
import { isRead } from './read.ts';
import { healthOf, type Replica, ReplicaPool, type ReplicaSettings } from './replica-pool.ts';
import { Writers } from './writers.ts';

export interface SpreadSettings extends ReplicaSettings {
  /** Which reads go to replicas: those asked of `replica` only, or every one outside a transaction that may write. Default `asked`. */
  readonly reads?: 'asked' | 'all';
  /**
   * With `all`: milliseconds after a write in which the writer's own reads stay with the primary. A writer is told by role and claims; all
   * who have none are one. Default 1,000.
   */
  readonly sticky?: number;
}

export interface Spread {
  /** For everything: writes and transactions go to the primary. */
  readonly driver: Driver;
  /** For reads that may lag behind: a living replica, or the primary where there is none. All else goes to the primary. */
  readonly replica: Driver;
  /** As `driver` is with `reads: 'all'`, whatever this one was told. */
  readonly spreading: Driver;
  /** Notes a write that did not come through `driver` or `spreading`. */
  wrote(actor: Actor | undefined): void;
  poolStats(): { readonly primary: PoolStats; readonly replicas: readonly PoolStats[] };
  health(): Promise<{ readonly primary: Health; readonly replicas: readonly Health[] }>;
  /** Whether each replica takes part, without asking it. */
  alive(): readonly boolean[];
  /** Closes the replicas, and the primary. */
  close(options?: { readonly graceMs?: number }): Promise<void>;
  /** Closes the replicas alone. */
  closeReplicas(options?: { readonly graceMs?: number }): Promise<void>;
}

/** How long replication may take before a writer misses what it wrote. */
const STICKY = 1_000;

/**
 * Spreads reads over replicas. A replica that can't be reached is left out, its query runs elsewhere, and it takes part
 * again once it answers. What only looks like a read is refused by a replica, and then runs on the primary.
 *
 * ```ts
 * const replicas = urls.map((url) => () => openPostgres({ url }));
 * const spread = spreadReads(driver, replicas, { reads: 'all' });
 * const db = drizzleOver(spread.driver);
 * const reports = drizzleOver(spread.replica); // also with `reads: 'asked'`
 * ```
 */
export function spreadReads(primary: Driver, replicas: readonly Replica[], settings: SpreadSettings = {}): Spread {
  const pool = new ReplicaPool(primary, replicas, settings);
  const writers = new Writers(settings.sticky ?? STICKY);
  const spread = spreading(primary, pool, writers);
  return {
    driver: settings.reads === 'all' ? spread : primary,
    replica: spreading(primary, pool, new Writers(0)),
    spreading: spread,
    wrote: (actor) => writers.note(actor),
    poolStats: () => ({ primary: primary.stats(), replicas: pool.stats() }),
    async health() {
      const [first, others] = await Promise.all([healthOf(primary), pool.health()]);
      return { primary: first, replicas: others };
    },
    alive: () => pool.alive(),
    async close(options) {
      await Promise.all([primary.close(options), pool.close(options)]);
    },
    closeReplicas: (options) => pool.close(options),
  };
}

/** The primary, but for reads on their own and transactions that only read, whose caller has not written shortly before. */
function spreading(primary: Driver, pool: ReplicaPool, writers: Writers): Driver {
  const query: Driver['query'] = (statement, options) => {
    if (!isRead(statement.text)) return writers.during(undefined, () => primary.query(statement, options));
    if (writers.wroteLately(undefined)) return primary.query(statement, options);
    return pool.run((driver) => driver.query(statement, options));
  };
  const batch: Driver['batch'] = (statements, options) => {
    const actor = options?.actor;
    if (!options?.readOnly) return writers.during(actor, () => primary.batch(statements, options));
    // A replica knows of no serializable transactions.
    if (options.isolation === 'serializable' || writers.wroteLately(actor)) return primary.batch(statements, options);
    return pool.run((driver) => driver.batch(statements, options));
  };
  const transaction: Driver['transaction'] = (work, options) => {
    const actor = options?.actor;
    if (!options?.readOnly) return writers.during(actor, () => primary.transaction(work, options));
    if (options.isolation === 'serializable' || writers.wroteLately(actor)) return primary.transaction(work, options);
    let begun = false;
    const once: typeof work = (tx) => {
      begun = true;
      return work(tx);
    };
    return pool.run(
      (driver) => driver.transaction(once, options),
      () => !begun,
    );
  };
  const own: Readonly<Record<string, unknown>> = { query, batch, transaction };
  return new Proxy(primary, {
    get(target, name) {
      const replaced = typeof name === 'string' ? own[name] : undefined;
      if (replaced !== undefined) return replaced;
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        if (WRITING.has(String(name))) writers.note(undefined);
        return Reflect.apply(member, target, args);
      };
    },
  });
}

/** What else may write. */
const WRITING: ReadonlySet<string> = new Set(['script', 'copyIn', 'session']);
