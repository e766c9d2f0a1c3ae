import type { Handler } from '../../http/layer.ts';
import { metrics } from '../../http/metrics.ts';
import { restHandler } from '../../http/pipeline.ts';
import type { Sources } from '../../http/prometheus.ts';
import type { AppContext, AppOptions, Dialect } from './app-options.ts';
import { composeApp } from './compose.ts';
import { projectAppFile } from './project-app-file.ts';
import { authentication, restSettings } from './rest.ts';
import type { Routes, RoutesOptions } from './routes.ts';

export interface App {
  answer(request: Request): Promise<Response>;
  /** Loads what would otherwise wait for its first request: the routes, the project's own among them. @throws what their module throws */
  load(): Promise<void>;
}

/** Builds the whole HTTP application; again on every reload. @throws HutchError `app_missing` */
export function buildApp(context: AppContext, options: AppOptions): App {
  const { config, log, mode, pgrst } = context;
  const dev = mode === 'dev';
  const dialect = dialectOf(context, options);
  const measured = config.metrics ? metrics(sourcesOf(context, options)) : undefined;
  const routes = routesOf(context, { ...options, dialect, measured, file: fileOf(context, options) });
  const answer = composeApp({
    config,
    log,
    logEverything: dev || pgrst.logLevel === 'info' || pgrst.logLevel === 'debug',
    bodies: dev,
    observers: [...(measured ? [measured.observe] : []), ...options.observers],
    origins: config.cors.length > 0 ? config.cors : pgrst.corsAllowedOrigins,
    live: (config.studio ?? dev) ? options.live : undefined,
    rest: restOf(context, options, dialect),
    others: async (request, id) => (await routes()).answer(request, id),
  });
  return { answer, load: async () => (await routes()).load() };
}

/** The module of the project's own routes, where it has any. @throws HutchError `app_missing` */
function fileOf({ config, loaded, root }: AppContext, { routes }: AppOptions): string | undefined {
  if (routes !== undefined || (loaded.foreign && config.app === undefined)) return undefined;
  return projectAppFile(root, config.app);
}

/** The way to the routes. The dialect needs no router, so a start answers before there is one. */
function routesOf(context: AppContext, options: RoutesOptions): () => Promise<Routes> {
  let opening: Promise<Routes> | undefined;
  return () => {
    opening ??= import('./routes.ts').then(({ openRoutes }) => openRoutes(context, options));
    return opening;
  };
}

function dialectOf({ config, catalog, mode, pgrst }: AppContext, { keys, reads, tokens }: AppOptions): Dialect {
  const settings = restSettings(config, pgrst, mode === 'dev');
  const auth = authentication(config, pgrst, settings.anonRole, keys, tokens);
  return { driver: reads.api, catalog: catalog.current, settings, auth: (request) => auth(request.headers) };
}

const restOf = ({ config, log }: AppContext, { hurried }: AppOptions, dialect: Dialect): Handler =>
  restHandler({
    ...dialect,
    bodyLimit: config.bodyLimit,
    statementTimeout: config.statementTimeout,
    onError: (error, id) => log.error({ id, err: error }, 'a request failed'),
    hurried,
    onProgress: ({ path, rows, rowsPerSecond, done }, id) =>
      log.info({ id, rows, rowsPerSecond }, done ? `rows inserted into ${path}` : `inserting rows into ${path}`),
  });

const sourcesOf = ({ driver }: AppContext, { reads: { spread }, statements }: AppOptions): Sources => ({
  pool: () => driver.stats(),
  replicas: () => {
    const alive = spread.alive();
    return spread.poolStats().replicas.map((pool, index) => ({ pool, alive: alive[index] ?? false }));
  },
  statements: () => statements.queryStats(),
});
