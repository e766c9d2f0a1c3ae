import type { Config } from '../../config/index.ts';
import { QueryStats, slowQueryLog } from '../../data/connections/query-stats.ts';
import type { Logger } from '../../http/logger.ts';
import type { ReadRouting } from './read-routing.ts';

/** Counts what the server runs, for the metrics; slow statements get a line in the log, without their values. */
export function countStatements(reads: Pick<ReadRouting, 'observe'>, { slowQuery }: Config, log: Logger): QueryStats {
  if (slowQuery === 0) return new QueryStats(reads, { slow: Number.POSITIVE_INFINITY });
  return new QueryStats(reads, { slow: slowQuery, onSlow: slowQueryLog(log) });
}
