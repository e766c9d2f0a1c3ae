export { type ExplainSettings, explain, type Plan } from './explain.ts';
export { normalise } from './normalise.ts';
export {
  type Logger,
  type QueryStat,
  QueryStats,
  type QueryStatsSettings,
  type SlowQuery,
  slowQueryLog,
} from './query-stats.ts';
export type { Replica, ReplicaSettings } from './replica-pool.ts';
export { type Spread, type SpreadSettings, spreadReads } from './replicas.ts';
