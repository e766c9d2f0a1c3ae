import { Hono, type MiddlewareHandler } from 'hono';
import type { Config } from '../config/index.ts';
import { requestTransaction } from '../data/transaction/index.ts';
import type { Driver } from '../db/index.ts';
import { drizzleOver } from '../db/index.ts';
import { compression } from '../http/compression.ts';
import { cors } from '../http/cors.ts';
import type { HttpEnv } from '../http/env.ts';
import { errorHandler, notFound } from '../http/errors.ts';
import { healthRoutes } from '../http/health.ts';
import { limits } from '../http/limits.ts';
import type { Logger } from '../http/logger.ts';
import { metrics } from '../http/metrics.ts';
import { requestId } from '../http/request-id.ts';
import { logTo, type RequestObserver, requestLog } from '../http/request-log.ts';

export interface Parts {
  readonly config: Config;
  readonly log: Logger;
  /** Every request is logged, not just those that failed. */
  readonly logEverything: boolean;
  readonly driver: Driver;
  readonly stopping: () => boolean;
  /** The dialect at `/rest/v1`, the API page, the studio: each at its own address. */
  readonly mounted: readonly (readonly [path: string, app: Hono])[];
  /** The project's own routes, behind a transaction each. */
  readonly project: Hono | undefined;
  readonly actor: MiddlewareHandler;
  readonly observers?: readonly RequestObserver[];
}

/** The whole HTTP application: what stands around every request, then each thing at its address, then the project's routes. */
export function composeApp(parts: Parts): Hono<HttpEnv> {
  const { config, log, driver } = parts;
  const app = new Hono<HttpEnv>();
  const measured = config.metrics ? metrics(() => driver.stats()) : undefined;
  const observers = [logTo(log, parts.logEverything), ...(measured ? [measured.observe] : []), ...(parts.observers ?? [])];

  app.use(requestId(), requestLog(observers), limits({ body: config.bodyLimit, url: config.urlLimit }), cors(config.cors));
  if (config.compression) app.use(compression());
  app.onError(errorHandler(log));
  app.notFound(notFound(() => parts.mounted.map(([path]) => path)));

  app.route('/', healthRoutes({ database: () => driver.health(), stopping: parts.stopping }));
  if (measured) app.route('/', measured.routes);
  for (const [path, mounted] of parts.mounted) app.route(path, mounted);
  if (parts.project) app.route('/', projectApp(parts.project, driver, parts.actor));
  return app;
}

/** The project's routes see `c.var.tx`, acting as whoever the request's token says. */
function projectApp(routes: Hono, driver: Driver, actor: MiddlewareHandler): Hono {
  return new Hono().use(actor, requestTransaction(drizzleOver(driver))).route('/', routes);
}
