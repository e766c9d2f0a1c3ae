import { type Driver, type Logger, QueryStats, slowQueryLog } from 'hutch';

export interface Limits {
  /** Milliseconds from which a query is slow. */
  readonly slow: number;
  /** More slow statements than this are worth an alert. */
  readonly tolerated: number;
}

export interface Watch {
  readonly stats: QueryStats;
  summary(): { readonly queries: number; readonly slow: number; readonly mean: number };
  /** Warns where there are too many; to be called from time to time. */
  alert(): boolean;
}

/** Counts queries, logs each slow one (without its values), and tells when there are too many of them. */
export function watch(
  driver: Driver,
  log: Logger,
  { slow, tolerated }: Limits = { slow: 1_000, tolerated: 10 },
): Watch {
  const stats = new QueryStats(driver, { slow, onSlow: slowQueryLog(log) });
  return {
    stats,
    summary() {
      const all = stats.queryStats();
      const queries = all.reduce((sum, it) => sum + it.count, 0);
      const took = all.reduce((sum, it) => sum + it.count * it.mean, 0);
      return { queries, slow: stats.slowQueries(slow).length, mean: queries === 0 ? 0 : took / queries };
    },
    alert() {
      const found = stats.slowQueries(slow);
      if (found.length <= tolerated) return false;
      log.warn({ count: found.length, slowest: found[0]?.text }, 'High number of slow queries detected');
      return true;
    },
  };
}
