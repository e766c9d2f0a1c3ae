import type { Hono } from 'hono';
import { MOUNT, SPEC } from '../../http/address.ts';
import type { Served } from '../../http/errors.ts';
import type { Handler } from '../../http/layer.ts';
import { localOnly } from '../../http/local-only.ts';
import type { Metrics } from '../../http/metrics.ts';
import { studioSelection } from '../../http/studio-selection.ts';
import { projectObjects } from '../database/migrations.ts';
import { snapshotRoutes } from '../database/snapshots.ts';
import type { AppContext, AppOptions, Dialect } from './app-options.ts';
import { type OnDemand, onDemand } from './on-demand.ts';
import { loadProjectApp } from './project-app.ts';
import { projectRoutes } from './project-routes.ts';
import { roleSigner } from './rest.ts';
import { router } from './router.ts';

/** What has an address of its own beside the dialect's. */
export interface Routes {
  readonly answer: Handler;
  /** Loads the project's own routes, which would otherwise wait for their first request. @throws what their module throws */
  load(): Promise<void>;
}

export interface RoutesOptions extends AppOptions {
  readonly dialect: Dialect;
  readonly measured: Metrics | undefined;
  /** The module of the project's own routes. */
  readonly file: string | undefined;
}

const STUDIO = '/studio';
const DOCS = '/docs';

/** Builds them: health, metrics, the API's description, the studio, snapshots, and the project's own. */
export async function openRoutes(context: AppContext, options: RoutesOptions): Promise<Routes> {
  const { log, driver, root } = context;
  const { keys, reads, stopping, measured } = options;
  const served = addresses(context);
  const [description, studio] = await Promise.all([descriptionApp(context, options), studioApp(context, options)]);
  const snapshots = keys && snapshotRoutes(driver, root, keys.secretKey);
  const project = projectApp(context, options, served);
  const answer = router({
    log,
    driver,
    spread: reads.spread,
    stopping,
    measured,
    tools: [description, studio, snapshots].filter((it) => it !== undefined),
    project: project?.app,
    served,
  });
  return { answer, load: async () => project?.load() };
}

function addresses({ config, mode }: AppContext): Served {
  const toStudio = mode === 'dev' && config.studio !== false;
  return {
    addresses: [MOUNT, DOCS, '/live', '/ready', ...(config.metrics ? ['/metrics'] : [])],
    ...(toStudio && { home: STUDIO }),
  };
}

/** In development loaded when somebody asks for it: a start is waited for. In production no request waits for code. */
const tool = ({ mode, log }: AppContext, paths: readonly string[], load: () => Promise<Hono>) =>
  mode === 'dev' ? onDemand({ paths, served: { addresses: paths.slice(0, 1) }, load, log }).app : load();

/** The OpenAPI document and the page that shows it. */
async function descriptionApp(context: AppContext, { dialect }: RoutesOptions): Promise<Hono | undefined> {
  if (dialect.settings.openapiMode === 'disabled') return undefined;
  return tool(context, [DOCS, `${DOCS}/*`, SPEC], async () => {
    const { apiPage } = await import('../../http/api-page.ts');
    return apiPage(dialect);
  });
}

/** In development for whoever sits at this machine; in production where it is asked for, and behind its token. */
async function studioApp(
  context: AppContext,
  { hurried, keys, live, dialect }: RoutesOptions,
): Promise<Hono | undefined> {
  const { config, driver, catalog, mode, loaded, pgrst } = context;
  const dev = mode === 'dev';
  if (!(config.studio ?? dev)) return undefined;
  const { project } = loaded;
  return tool(context, [STUDIO, `${STUDIO}/*`], async () => {
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
  });
}

function projectApp(context: AppContext, options: RoutesOptions, served: Served): OnDemand | undefined {
  const { driver, loaded, log } = context;
  const { routes, file, dialect, reads, cache } = options;
  const own = routes ?? file;
  if (own === undefined) return undefined;
  const deps = { driver, auth: dialect.auth, reads, cache, schema: loaded.schema };
  const load = async () => projectRoutes(typeof own === 'string' ? await loadProjectApp(own) : own, deps);
  return onDemand({ paths: ['*'], served, load, log });
}
