import type { Server } from 'bun';
import { PgliteDriver } from '../db/index.ts';
import { HutchError } from '../errors/index.ts';
import { isLocalHost } from '../http/local-only.ts';
import { Live } from '../studio/live/live.ts';
import { openAdmin } from './admin/admin.ts';
import { buildApp } from './app.ts';
import { type RouteCache, routeCache } from './cache.ts';
import { keepHouse } from './housekeeping.ts';
import { developmentKeys, type Keys } from './keys.ts';
import { hurried, listen } from './listen.ts';
import { type Context, readSettings } from './prepare.ts';
import { queryLog } from './query-log.ts';
import { openReads, type Reads } from './reads.ts';
import { followReloads, type Reloads } from './reload-channel.ts';
import { tellDeprecated } from './rest.ts';
import { removeState, writeState } from './state-file.ts';
import { countStatements } from './statements.ts';
import { tellTextOrder } from './text-order.ts';
import { openTools, type Tools } from './tools.ts';

export interface RunningServer {
  /** `http://127.0.0.1:3000` */
  readonly url: string;
  readonly keys: Keys | undefined;
  /** The Postgres port, as a URL. */
  readonly postgres: string | null;
  /** Drizzle Studio's page, on our door. */
  readonly drizzleStudio: string | null;
  /** The studio's page. */
  readonly studio: string | null;
  /** Imports the project's source anew and serves it from now on; the database stays open. */
  reload(): Promise<void>;
  /** Reads the database's schema, or its settings, anew. */
  readonly reloads: Reloads;
  /** Stops accepting, lets running requests end within the grace period, closes the database. Idempotent. */
  stop(): Promise<void>;
}

/** Serves a prepared context over HTTP. @throws HutchError `port_in_use`, `forbidden_host` */
export async function serve(context: Context): Promise<RunningServer> {
  const { config, mode, root } = context;
  const dev = mode === 'dev';
  const keys =
    dev && config.jwtSecret === undefined && context.pgrst.jwtSecret === undefined
      ? await developmentKeys(root)
      : undefined;
  const life = { stopping: false };
  const live = new Live();
  const reads = openReads(context);
  const unobserve = (config.studio ?? dev) ? reads.observe(live.query) : () => {};
  const statements = countStatements(reads, config, context.log);
  const cache = routeCache(config, context.log);
  const observers = context.pgrst.logQuery ? [queryLog(reads, context.log)] : [];
  const hurry = (request: Request, wanted: boolean) => hurried(server, request, wanted);
  const tokens = { lookups: 0, hits: 0, evictions: 0 };
  const options = {
    keys,
    live,
    reads,
    statements,
    cache,
    observers,
    tokens,
    stopping: () => life.stopping,
    hurried: hurry,
  };
  let current = context;
  let app = await buildApp(current, options);
  // In production a module that does not load must not take traffic; in development the API answers before it is asked for.
  if (!dev) await app.load();
  const loaded = async (changed: Context) => {
    const fresh = await buildApp(changed, options);
    await fresh.load();
    return fresh;
  };
  const reloads: Reloads = {
    schema: () => context.catalog.reread(),
    async settings() {
      const changed = { ...context, pgrst: await readSettings(context) };
      await context.catalog.expose(changed.pgrst);
      app = await loaded(changed);
      current = changed;
      tellDeprecated(changed);
    },
  };
  const server = listen({
    hostname: hostname(context),
    port: config.port,
    nextFree: dev,
    urlLimit: config.urlLimit,
    fetch: (request) => app.answer(request),
  });
  const url = `http://${urlHost(server)}:${server.port}`;
  if (context.driver instanceof PgliteDriver) await context.driver.opened;
  const admin = openAdmin({
    config,
    pgrst: context.pgrst,
    catalog: context.catalog.current,
    health: () => context.driver.health(),
    stopping: () => life.stopping,
    figures: () => ({ pool: context.driver.stats(), schema: context.catalog.loads(), tokens }),
  });
  if (admin) context.log.info(`the admin server listens on ${admin.url}`);
  const unlisten = await followReloads(context, reloads);
  tellDeprecated(context);
  await tellTextOrder(context.driver, context.log);
  const tools = await openTools(context);
  await app.load().catch(async (error: unknown) => {
    await stop(context, server, tools, { reads, cache });
    throw error;
  });
  const postgres = tools.wire?.url ?? null;
  const drizzleStudio = tools.drizzleStudio?.url ?? null;
  const studio = (config.studio ?? dev) ? `${url}/studio` : null;
  const stopHousekeeping = keepHouse(context);
  const startedAt = new Date().toISOString();
  await writeState(root, { pid: process.pid, http: url, postgres, studio, drizzleStudio, startedAt });
  if (context.driver instanceof PgliteDriver)
    context.driver.ownership?.announce({ http: url, postgres: postgres ?? undefined });
  let stopped: Promise<void> | undefined;
  return {
    url,
    keys,
    studio,
    postgres,
    drizzleStudio,
    async reload() {
      app = await loaded(current);
    },
    reloads,
    stop() {
      life.stopping = true;
      void admin?.stop(true);
      unobserve();
      live.close();
      statements.stop();
      stopHousekeeping();
      stopped ??= unlisten().then(() => stop(context, server, tools, { reads, cache }));
      return stopped;
    },
  };
}

/** Development serves this machine alone unless it is told otherwise. */
function hostname({ config, mode }: Context): string {
  const wanted = config.host ?? (mode === 'dev' ? '127.0.0.1' : '0.0.0.0');
  if (mode === 'start' || config.allowRemote || isLocalHost(wanted)) return wanted;
  throw new HutchError('forbidden_host', {
    message: 'Development serves this machine alone',
    details: `The host is ${wanted}`,
    hint: 'Add --allow-remote if others on the network may use the database without a login',
    field: 'host',
  });
}

const urlHost = ({ hostname: host = 'localhost' }: Server<undefined>): string =>
  host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;

interface Beside {
  readonly reads: Reads;
  readonly cache: RouteCache;
}

async function stop(context: Context, server: Server<undefined>, tools: Tools, beside: Beside): Promise<void> {
  const { config, driver, root, log } = context;
  const drained = server.stop();
  const inTime = await Promise.race([drained.then(() => true), Bun.sleep(config.grace).then(() => false)]);
  if (!inTime) log.warn(`requests still ran after ${config.grace} ms and were cut off`);
  await server.stop(true);
  await tools.stop();
  await beside.cache.close();
  const graceMs = inTime ? config.grace : 0;
  await beside.reads.spread.closeReplicas({ graceMs });
  await driver.close({ graceMs });
  await removeState(root);
}
