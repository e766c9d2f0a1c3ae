import { Live } from '../../studio/live/live.ts';
import { routeCache } from '../database/cache.ts';
import { queryLog } from '../database/query-log.ts';
import { openReadRouting } from '../database/read-routing.ts';
import { countStatements } from '../database/statements.ts';
import { developmentKeys } from '../project/keys.ts';
import type { AppOptions } from './app-options.ts';
import type { Context } from './prepare.ts';

/** What an application is built of and outlives its reloads: keys, replicas, counts, the cache. */
export interface Lasting extends Required<Omit<AppOptions, 'routes' | 'hurried'>> {
  /** From now on the server is not ready, and nothing is counted. The replicas and the cache stay open for the requests that run. */
  stop(): void;
}

export async function openLasting(context: Context): Promise<Lasting> {
  const { config, log, pgrst, root } = context;
  const dev = context.mode === 'dev';
  const ownKeys = dev && config.jwtSecret === undefined && pgrst.jwtSecret === undefined;
  const keys = ownKeys ? await developmentKeys(root) : undefined;
  const live = new Live();
  const reads = openReadRouting(context);
  const unobserve = (config.studio ?? dev) ? reads.observe(live.query) : () => {};
  const statements = countStatements(reads, config, log);
  let stopping = false;
  return {
    keys,
    live,
    reads,
    statements,
    cache: routeCache(config, log),
    observers: pgrst.logQuery ? [queryLog(reads, log)] : [],
    tokens: { lookups: 0, hits: 0, evictions: 0 },
    stopping: () => stopping,
    stop() {
      stopping = true;
      unobserve();
      live.close();
      statements.stop();
    },
  };
}
