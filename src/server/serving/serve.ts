import type { Server } from 'bun';
import { PgliteDriver } from '../../db/index.ts';
import { HutchError } from '../../errors/index.ts';
import { isLocalHost } from '../../http/local-only.ts';
import { type Lasting, openLasting } from '../application/lasting.ts';
import type { Context } from '../application/prepare.ts';
import { tellDeprecated } from '../application/rest.ts';
import { ServedApp } from '../application/served-app.ts';
import { keepHouse } from '../database/housekeeping.ts';
import { tellTextOrder } from '../database/text-order.ts';
import { tellUnreachableRoles } from '../database/unreachable-roles.ts';
import type { Keys } from '../project/keys.ts';
import { removeState, writeState } from '../project/state-file.ts';
import { allowHeaders, hurried, listen } from './listen.ts';
import { followReloads, type Reloads } from './reload-channel.ts';
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
  const { config, mode, driver } = context;
  const lasting = await openLasting(context);
  const app = await ServedApp.open(context, {
    ...lasting,
    hurried: (request, wanted) => hurried(server, request, wanted),
  });
  if (mode === 'start') await allowHeaders(config.urlLimit);
  const server = listen({
    hostname: hostname(context),
    port: config.port,
    nextFree: mode === 'dev',
    fetch: app.answer,
  });
  if (driver instanceof PgliteDriver) await driver.opened;
  const admin = await openAdmin(context, lasting);
  const reloads: Reloads = { schema: () => context.catalog.reread(), settings: () => app.readSettings() };
  const unlisten = await followReloads(context, reloads);
  tellDeprecated(context);
  await Promise.all([
    tellTextOrder(driver, context.log),
    tellUnreachableRoles(driver, context.pgrst.anonRole, context.log),
  ]);
  // By now those who waited for the engine have their answers.
  const [tools] = await Promise.all([openTools(context), allowHeaders(config.urlLimit)]);
  const close = () => stop(context, server, tools, lasting);
  await app.load().catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const stopHousekeeping = keepHouse(context);
  const where = await announce(context, server, tools);
  let stopped: Promise<void> | undefined;
  return {
    ...where,
    keys: lasting.keys,
    reload: () => app.reload(),
    reloads,
    stop() {
      lasting.stop();
      void admin?.stop(true);
      stopHousekeeping();
      stopped ??= unlisten().then(close);
      return stopped;
    },
  };
}

/** PostgREST's admin server, where its port is set. */
async function openAdmin(context: Context, { stopping, tokens }: Lasting): Promise<Server<undefined> | undefined> {
  const { config, pgrst, catalog, driver, log } = context;
  const port = pgrst.adminServerPort;
  if (port === undefined) return undefined;
  const { serveAdmin } = await import('../admin/admin.ts');
  const admin = serveAdmin(port, {
    config,
    pgrst,
    catalog: catalog.current,
    health: () => driver.health(),
    stopping,
    figures: () => ({ pool: driver.stats(), schema: catalog.loads(), tokens }),
  });
  log.info(`the admin server listens on ${admin.url}`);
  return admin;
}

/** Tells other terminals and tools where it all is. */
async function announce(
  { config, mode, root, driver }: Context,
  server: Server<undefined>,
  tools: Tools,
): Promise<Pick<RunningServer, 'url' | 'postgres' | 'drizzleStudio' | 'studio'>> {
  const url = `http://${urlHost(server)}:${server.port}`;
  const postgres = tools.wire?.url ?? null;
  const drizzleStudio = tools.drizzleStudio?.url ?? null;
  const studio = (config.studio ?? mode === 'dev') ? `${url}/studio` : null;
  const startedAt = new Date().toISOString();
  await writeState(root, { pid: process.pid, http: url, postgres, studio, drizzleStudio, startedAt });
  if (driver instanceof PgliteDriver) driver.ownership?.announce({ http: url, postgres: postgres ?? undefined });
  return { url, postgres, drizzleStudio, studio };
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

async function stop(context: Context, server: Server<undefined>, tools: Tools, lasting: Lasting): Promise<void> {
  const { config, driver, root, log } = context;
  const drained = server.stop();
  const inTime = await Promise.race([drained.then(() => true), Bun.sleep(config.grace).then(() => false)]);
  if (!inTime) log.warn(`requests still ran after ${config.grace} ms and were cut off`);
  await server.stop(true);
  await tools.stop();
  await lasting.cache.close();
  const graceMs = inTime ? config.grace : 0;
  await lasting.reads.spread.closeReplicas({ graceMs });
  await driver.close({ graceMs });
  await removeState(root);
}
