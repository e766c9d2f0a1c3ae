import { Hono } from 'hono';
import type { Spread } from '../../data/connections/replicas.ts';
import type { Driver } from '../../db/index.ts';
import { hosted } from '../../http/address.ts';
import type { HttpEnv } from '../../http/env.ts';
import { errorHandler, notFound, type Served } from '../../http/errors.ts';
import { healthRoutes } from '../../http/health.ts';
import type { Handler } from '../../http/layer.ts';
import type { Logger } from '../../http/logger.ts';
import type { Metrics } from '../../http/metrics.ts';
import { idForRoutes } from '../../http/request-id.ts';

export interface RouterParts {
  readonly log: Logger;
  readonly driver: Driver;
  readonly spread: Spread;
  readonly stopping: () => boolean;
  readonly measured: Metrics | undefined;
  /** The API's description, studio and snapshots, at their own addresses. */
  readonly tools: readonly Hono[];
  /** The project's own routes. */
  readonly project: Hono | undefined;
  /** Told to whoever asks for something that is not there. */
  readonly served: Served;
}

/** Everything but the dialect, the project's routes last. */
export function router(parts: RouterParts): Handler {
  const { log, driver, spread, stopping, measured, tools, project, served } = parts;
  const app = new Hono<HttpEnv>().use(idForRoutes);
  app.onError(errorHandler(log));
  app.notFound(notFound(served));
  app.route('/', healthRoutes({ database: () => driver.health(), replicas: spread.alive, stopping }));
  if (measured) app.get('/metrics', () => measured.text());
  for (const tool of tools) app.route('/', tool);
  if (project) app.route('/', project);
  return (request, id) => app.fetch(hosted(request), { requestId: id });
}
