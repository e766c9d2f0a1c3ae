import { Hono } from 'hono';
import type { Config } from '../../config/index.ts';
import type { QueryStats } from '../../data/connections/query-stats.ts';
import type { Spread } from '../../data/connections/replicas.ts';
import type { Driver } from '../../db/index.ts';
import { fromPath, hosted, isBelow, MOUNT } from '../../http/address.ts';
import { SPEC } from '../../http/api-page.ts';
import { compression } from '../../http/compression.ts';
import { cors } from '../../http/cors.ts';
import type { HttpEnv } from '../../http/env.ts';
import { errorHandler, notFound, type Served } from '../../http/errors.ts';
import { healthRoutes } from '../../http/health.ts';
import { around, type Handler, type Layer } from '../../http/layer.ts';
import { limits } from '../../http/limits.ts';
import type { Logger } from '../../http/logger.ts';
import { type Metrics, metrics } from '../../http/metrics.ts';
import type { Sources } from '../../http/prometheus.ts';
import { identified, idForRoutes } from '../../http/request-id.ts';
import { loggedUrl, logTo, type RequestObserver, requestLog } from '../../http/request-log.ts';
import type { Live } from '../../studio/live/live.ts';
import { watchRequests } from '../../studio/live/watch.ts';

export interface Parts {
  readonly config: Config;
  readonly log: Logger;
  /** Every request is logged, not just those that failed. */
  readonly logEverything: boolean;
  /** Whole URLs and bodies may be shown in the studio (development). */
  readonly bodies?: boolean;
  /** Told of every request, beside the log and the metrics. */
  readonly observers?: readonly RequestObserver[];
  /** Origins that browsers may call from; the configuration's where absent. */
  readonly origins?: readonly string[];
  readonly driver: Driver;
  readonly spread: Spread;
  readonly statements: QueryStats;
  readonly stopping: () => boolean;
  /** The dialect, at its mount. */
  readonly rest: Handler;
  /** The API's description and the page that shows it. */
  readonly apiPage: Hono<HttpEnv>;
  /** Requests are told to it, where the studio is served. */
  readonly live: Live | undefined;
  /** Studio and snapshots, at their own addresses. */
  readonly tools: readonly Hono[];
  /** The project's own routes. */
  readonly project: Hono | undefined;
  /** Told to whoever asks for something that is not there. */
  readonly served: Served;
}

/**
 * The whole HTTP application: what stands around every request, then the dialect, which reads addresses itself and so needs no router,
 * and everything else by a router, the project's routes last.
 */
export function composeApp(parts: Parts): (request: Request) => Promise<Response> {
  const { config, log, live } = parts;
  const measured = config.metrics ? metrics(sourcesOf(parts)) : undefined;
  const own = [logTo(log, parts.logEverything), ...(measured ? [measured.observe] : [])];
  const observers = [...own, ...(parts.observers ?? [])];
  const layers: readonly Layer[] = [
    requestLog(observers),
    cors(parts.origins ?? config.cors),
    limits({ body: config.bodyLimit, url: config.urlLimit }),
    ...(live ? [watchRequests(live, { shownUrl: parts.bodies ? fromPath : loggedUrl, bodies: parts.bodies })] : []),
    ...(config.compression ? [compression()] : []),
  ];
  const router = routes(parts, measured);
  const handler: Handler = (request, id) =>
    isBelow(request.url, MOUNT) && !isBelow(request.url, SPEC)
      ? parts.rest(request, id)
      : router.fetch(hosted(request), { requestId: id });
  return identified(around(layers, handler));
}

function routes(parts: Parts, measured: Metrics | undefined): Hono<HttpEnv> {
  const { log, driver } = parts;
  const app = new Hono<HttpEnv>().use(idForRoutes);
  app.onError(errorHandler(log));
  app.notFound(notFound(parts.served));
  app.route(
    '/',
    healthRoutes({ database: () => driver.health(), replicas: parts.spread.alive, stopping: parts.stopping }),
  );
  if (measured) app.route('/', measured.routes);
  app.route('/', parts.apiPage);
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
