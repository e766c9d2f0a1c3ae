import type { Config } from '../../config/index.ts';
import { QueryStats, slowQueryLog } from '../../data/connections/query-stats.ts';
import { HOUSE } from '../../db/index.ts';
import type { Logger } from '../../http/logger.ts';
import type { ReadRouting } from './read-routing.ts';

/**
 * Counts what the server runs, for the metrics; slow statements get a line in the log, without their values. The server's own, long and
 * nobody's to mend, are left to the metrics.
 */
export function countStatements(reads: Pick<ReadRouting, 'observe'>, { slowQuery }: Config, log: Logger): QueryStats {
  if (slowQuery === 0) return new QueryStats(reads, { slow: Number.POSITIVE_INFINITY });
  const tell = slowQueryLog(log);
  return new QueryStats(reads, { slow: slowQuery, onSlow: (query) => query.label !== HOUSE && tell(query) });
}
