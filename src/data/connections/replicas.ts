import type { Actor, Driver, Health, PoolStats } from '../../db/driver.ts';
import { healthOf, type Replica, ReplicaPool, type ReplicaSettings } from './replica-pool.ts';
import { SpreadingDriver } from './spreading-driver.ts';
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
  const spread = new SpreadingDriver(primary, pool, writers);
  return {
    driver: settings.reads === 'all' ? spread : primary,
    replica: new SpreadingDriver(primary, pool, new Writers(0)),
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
