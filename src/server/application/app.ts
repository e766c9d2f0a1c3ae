import type { Hono } from 'hono';
import type { Config } from '../../config/index.ts';
import type { QueryStats } from '../../data/connections/query-stats.ts';
import { MOUNT } from '../../http/address.ts';
import { apiPage } from '../../http/api-page.ts';
import type { Served } from '../../http/errors.ts';
import type { Handler } from '../../http/layer.ts';
import { localOnly } from '../../http/local-only.ts';
import { type RestDeps, restHandler } from '../../http/pipeline.ts';
import type { RequestObserver } from '../../http/request-log.ts';
import { studioSelection } from '../../http/studio-selection.ts';
import type { TokenCounts } from '../../rest/auth/authenticate.ts';
import type { Live } from '../../studio/live/live.ts';
import type { RouteCache } from '../database/cache.ts';
import { projectObjects } from '../database/migrations.ts';
import type { ReadRouting } from '../database/read-routing.ts';
import { snapshotRoutes } from '../database/snapshots.ts';
import type { Keys } from '../project/keys.ts';
import { composeApp } from './compose.ts';
import { type OnDemand, onDemand } from './on-demand.ts';
import type { Context } from './prepare.ts';
import { loadProjectApp, projectAppFile } from './project-app.ts';
import { projectRoutes } from './project-routes.ts';
import { authentication, restSettings, roleSigner } from './rest.ts';

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
type AppContext = Omit<Context, 'migrations' | 'seeded'>;

export interface App {
  answer(request: Request): Promise<Response>;
  /** Loads what would otherwise wait for its first request: the project's own routes. @throws what their module throws */
  load(): Promise<void>;
}

/** Builds the whole HTTP application; again on every reload. */
export async function buildApp(context: AppContext, options: AppOptions): Promise<App> {
  const { config, log, driver, mode, pgrst, root } = context;
  const { keys, reads, statements, stopping, observers } = options;
  const dev = mode === 'dev';
  const dialect = dialectOf(context, options);
  const studio = await studioApp(context, options, dialect);
  const served = addresses(config, studio !== undefined && dev);
  const project = projectApp(context, options, dialect.auth, served);
  const answer = composeApp({
    config,
    log,
    logEverything: dev || pgrst.logLevel === 'info' || pgrst.logLevel === 'debug',
    bodies: dev,
    observers,
    origins: config.cors.length > 0 ? config.cors : pgrst.corsAllowedOrigins,
    driver,
    spread: reads.spread,
    statements,
    stopping,
    live: studio === undefined ? undefined : options.live,
    rest: restOf(context, options, dialect),
    apiPage: apiPage(dialect),
    tools: [...(studio ? [studio] : []), ...(keys ? [snapshotRoutes(driver, root, keys.secretKey)] : [])],
    project: project?.app,
    served,
  });
  return { answer, load: async () => project?.load() };
}

/** What requests in the dialect and its description are answered from. */
type Dialect = Pick<RestDeps, 'driver' | 'catalog' | 'settings' | 'auth'>;

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

const STUDIO = '/studio';

const addresses = ({ metrics }: Config, toStudio: boolean): Served => ({
  addresses: [MOUNT, '/docs', '/live', '/ready', ...(metrics ? ['/metrics'] : [])],
  ...(toStudio && { home: STUDIO }),
});

/** The way to the project's own routes, where it has any. @throws HutchError `app_missing` */
function routesOf({ config, loaded, root }: AppContext, { routes }: AppOptions): (() => Promise<Hono>) | undefined {
  if (routes !== undefined) return async () => routes;
  const file = loaded.foreign && config.app === undefined ? undefined : projectAppFile(root, config.app);
  return file === undefined ? undefined : () => loadProjectApp(file);
}

function projectApp(
  context: AppContext,
  options: AppOptions,
  auth: Dialect['auth'],
  served: Served,
): OnDemand | undefined {
  const load = routesOf(context, options);
  if (load === undefined) return undefined;
  const { driver, loaded, log } = context;
  const deps = { driver, auth, reads: options.reads, cache: options.cache, schema: loaded.schema };
  return onDemand({ paths: ['*'], served, load: async () => projectRoutes(await load(), deps), log });
}

/** In development for whoever sits at this machine; in production where it is asked for, and behind its token. */
async function studioApp(
  context: AppContext,
  { hurried, keys, live }: AppOptions,
  dialect: Dialect,
): Promise<Hono | undefined> {
  const { config, driver, catalog, log, mode, loaded, pgrst } = context;
  const dev = mode === 'dev';
  if (!(config.studio ?? dev)) return undefined;
  const { project } = loaded;
  const load = async () => {
    const { studioRoutes } = await import('../../studio/index.ts');
    return studioRoutes({
      driver,
      catalog: catalog.current,
      dev,
      live,
      selection: studioSelection(dialect),
      hurried,
      token: config.studioToken,
      timeLimits: { usual: config.statementTimeout, most: config.studioStatementTimeout },
      ...(dev && !config.allowRemote && { guard: localOnly() }),
      sign: roleSigner(config, pgrst, keys),
      project: () => project && { project, objects: () => projectObjects(loaded) },
    });
  };
  // In development it is loaded when somebody opens it: a start is waited for.
  return dev ? onDemand({ paths: [STUDIO, `${STUDIO}/*`], served: { addresses: [STUDIO] }, load, log }).app : load();
}
