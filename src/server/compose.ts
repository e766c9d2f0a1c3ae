import { Hono } from 'hono';
import type { Config } from '../config/index.ts';
import type { QueryStats } from '../data/connections/query-stats.ts';
import type { Spread } from '../data/connections/replicas.ts';
import type { Driver } from '../db/index.ts';
import { compression } from '../http/compression.ts';
import { cors } from '../http/cors.ts';
import type { HttpEnv } from '../http/env.ts';
import { errorHandler, notFound } from '../http/errors.ts';
import { healthRoutes } from '../http/health.ts';
import { limits } from '../http/limits.ts';
import type { Logger } from '../http/logger.ts';
import { metrics } from '../http/metrics.ts';
import type { Sources } from '../http/prometheus.ts';
import { requestId } from '../http/request-id.ts';
import { loggedUrl, logTo, requestLog } from '../http/request-log.ts';
import type { Live } from '../studio/live/live.ts';
import { watchRequests } from '../studio/live/watch.ts';

export interface Parts {
  readonly config: Config;
  readonly log: Logger;
  /** Every request is logged, not just those that failed. */
  readonly logEverything: boolean;
  readonly driver: Driver;
  readonly spread: Spread;
  readonly statements: QueryStats;
  readonly stopping: () => boolean;
  /** The API page, the dialect, the studio: each knows its own addresses; the first that matches answers. */
  readonly mounted: readonly Hono<HttpEnv>[];
  /** Requests are told to it, where the studio is served. */
  readonly live: Live | undefined;
  /** Studio and snapshots, at their own addresses. */
  readonly tools: readonly Hono[];
  /** The project's own routes. */
  readonly project: Hono | undefined;
}

/** The whole HTTP application: what stands around every request, then each thing at its address, the project's routes last. */
export function composeApp(parts: Parts): Hono<HttpEnv> {
  const { config, log, driver } = parts;
  const measured = config.metrics ? metrics(sourcesOf(parts)) : undefined;
  const observers = [logTo(log, parts.logEverything), ...(measured ? [measured.observe] : [])];
  const app = new Hono<HttpEnv>().use(
    requestId(),
    requestLog(observers),
    limits({ body: config.bodyLimit, url: config.urlLimit }),
    cors(config.cors),
  );
  if (parts.live) app.use(watchRequests(parts.live, parts.logEverything ? { bodies: true } : { shownUrl: loggedUrl }));
  if (config.compression) app.use(compression());
  app.onError(errorHandler(log));
  app.notFound(notFound(() => ['/rest/v1', '/docs', '/live', '/ready', ...(measured ? ['/metrics'] : [])]));

  app.route(
    '/',
    healthRoutes({ database: () => driver.health(), replicas: parts.spread.alive, stopping: parts.stopping }),
  );
  if (measured) app.route('/', measured.routes);
  for (const mounted of parts.mounted) app.route('/', mounted);
  for (const tool of parts.tools) app.route('/', tool);
  if (parts.project) app.route('/', parts.project);
  return app;
}

const sourcesOf = ({ driver, spread, statements }: Parts): Sources => ({
  pool: () => driver.stats(),
  replicas: () => {
    const alive = spread.alive();
    return spread.poolStats().replicas.map((pool, index) => ({ pool, alive: alive[index] ?? false }));
  },
  statements: () => statements.queryStats(),
});
