import type { Hono } from 'hono';
import type { QueryStats } from '../../data/connections/query-stats.ts';
import type { RestDeps } from '../../http/pipeline.ts';
import type { RequestObserver } from '../../http/request-log.ts';
import type { TokenCounts } from '../../rest/auth/authenticate.ts';
import type { Live } from '../../studio/live/live.ts';
import type { RouteCache } from '../database/cache.ts';
import type { ReadRouting } from '../database/read-routing.ts';
import type { Keys } from '../project/keys.ts';
import type { Context } from './prepare.ts';

export interface AppOptions {
  readonly keys: Keys | undefined;
  /** Requests and queries as the studio shows them; outlives a reload. */
  readonly live: Live;
  readonly reads: ReadRouting;
  readonly statements: QueryStats;
  readonly cache: RouteCache;
  readonly stopping: () => boolean;
  /** Counts how often tokens were known; outlives a reload. */
  readonly tokens?: TokenCounts;
  /** Told of every request, beside the log and the metrics. */
  readonly observers: readonly RequestObserver[];
  readonly hurried?: RestDeps['hurried'];
  /** In place of those of the project's file. */
  readonly routes?: Hono;
}

/** What an application is built of. */
export type AppContext = Omit<Context, 'migrations' | 'seeded'>;

/** What requests in the dialect and its description are answered from. */
export type Dialect = Pick<RestDeps, 'driver' | 'catalog' | 'settings' | 'auth'>;
