import type { Server } from 'bun';
import type { Hono } from 'hono';
import { HutchError } from '../errors/index.ts';
import { apiPage } from '../http/api-page.ts';
import type { HttpEnv } from '../http/env.ts';
import { isLocalHost } from '../http/local-only.ts';
import { restApp } from '../http/pipeline.ts';
import { composeApp } from './compose.ts';
import { developmentKeys, type Keys } from './keys.ts';
import { listen } from './listen.ts';
import type { Context } from './prepare.ts';
import { loadProjectApp, projectAppFile } from './project-app.ts';
import { projectRoutes } from './project-routes.ts';
import { followReloads } from './reload-channel.ts';
import { authentication, restSettings } from './rest.ts';
import { removeState, writeState } from './state-file.ts';
import { openTools, type Tools } from './tools.ts';

export interface RunningServer {
  /** `http://127.0.0.1:3000` */
  readonly url: string;
  readonly keys: Keys | undefined;
  /** The Postgres port, as a URL. */
  readonly postgres: string | null;
  /** Imports the project's source anew and serves it from now on; the database stays open. */
  reload(): Promise<void>;
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
  let app = await buildApp(context, keys, () => life.stopping);
  const server = listen({
    hostname: hostname(context),
    port: config.port,
    nextFree: dev,
    urlLimit: config.urlLimit,
    fetch: (request) => app.fetch(request),
  });
  const url = `http://${urlHost(server)}:${server.port}`;
  const unlisten = await followReloads(context);
  const tools = openTools(context);
  const postgres = tools.wire?.url ?? null;
  await writeState(root, { pid: process.pid, http: url, postgres, startedAt: new Date().toISOString() });
  let stopped: Promise<void> | undefined;
  return {
    url,
    keys,
    postgres,
    async reload() {
      app = await buildApp(context, keys, () => life.stopping);
    },
    stop() {
      life.stopping = true;
      stopped ??= unlisten().then(() => stop(context, server, tools));
      return stopped;
    },
  };
}

async function buildApp(context: Context, keys: Keys | undefined, stopping: () => boolean): Promise<Hono<HttpEnv>> {
  const { config, log, driver, catalog, mode, root } = context;
  const settings = restSettings(config, context.pgrst, mode === 'dev');
  const auth = authentication(config, context.pgrst, settings.anonRole, keys);
  const served = { driver, catalog: catalog.current, settings, auth: (request: Request) => auth(request.headers) };
  const rest = restApp({
    ...served,
    bodyLimit: config.bodyLimit,
    onError: (error, id) => log.error({ id, err: error }, 'a request failed'),
  });
  const file = projectAppFile(root, config.app);
  return composeApp({
    config,
    log,
    logEverything: mode === 'dev',
    driver,
    stopping,
    mounted: [apiPage(served), rest],
    project:
      file === undefined
        ? undefined
        : projectRoutes(await loadProjectApp(file), { ...served, schema: context.loaded.schema }),
  });
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

async function stop(context: Context, server: Server<undefined>, tools: Tools): Promise<void> {
  const { config, driver, root, log } = context;
  const drained = server.stop();
  const inTime = await Promise.race([drained.then(() => true), Bun.sleep(config.grace).then(() => false)]);
  if (!inTime) log.warn(`requests still ran after ${config.grace} ms and were cut off`);
  await server.stop(true);
  await tools.stop();
  await driver.close({ graceMs: inTime ? config.grace : 0 });
  await removeState(root);
}
