import packageJson from '../../package.json' with { type: 'json' };
import { type Config, unknownNotices } from '../config/index.ts';
import type { Logger } from '../http/logger.ts';
import { missingNames } from '../server/application/missing-names.ts';
import type { Context, Mode } from '../server/application/prepare.ts';
import { openConfigured } from '../server/database/database.ts';
import type { RunningServer } from '../server/serving/serve.ts';
import { type Banner, bannerLine, bannerText } from './banner.ts';
import { onStopSignals } from './signals.ts';
import { terminal } from './terminal.ts';

/**
 * Starts the server, prints where it is, and stops it when the process is asked to end. The embedded database is opened in a thread of
 * its own: that begins first, and the code that serves it is loaded meanwhile.
 */
export async function runServer(
  config: Config,
  mode: Mode,
): Promise<{ context: Context; server: RunningServer; log: Logger }> {
  const logger = loadLogger(config);
  const opening = openConfigured(config, { warn: (message) => void logger.then((log) => log.warn(message)) }, true);
  opening.catch(() => {}); // `prepare` waits for it
  const [{ prepare }, { serve }, log] = await Promise.all([
    import('../server/application/prepare.ts'),
    import('../server/serving/serve.ts'),
    logger,
  ]);
  const context = await prepare({ config, mode, log, opening });
  const server = await serve(context);
  stopOnSignals(server, log);
  reloadOnSignals(server, log);
  const missing = mode === 'start' ? [...(await missingNames(context)), ...closedDoor(context)] : [];
  const banner = bannerOf(context, server, [...movedPorts(config, server), ...missing]);
  terminal.print(terminal.interactive ? bannerText(banner, terminal) : bannerLine(banner));
  return { context, server, log };
}

async function loadLogger({ logLevel }: Config): Promise<Logger> {
  const { createLogger } = await import('../http/logger.ts');
  return createLogger({ level: logLevel, pretty: process.stderr.isTTY === true });
}

function bannerOf(
  { driver, catalog, loaded, migrations, seeded }: Context,
  server: RunningServer,
  notices: readonly string[],
): Banner {
  const tables = [...catalog.current().schemas.values()].reduce((sum, schema) => sum + schema.tables.size, 0);
  return {
    version: packageJson.version,
    http: server.url,
    postgres: server.postgres,
    studio: server.studio,
    drizzleStudio: server.drizzleStudio,
    engine: `${driver.engine === 'pglite' ? 'PGlite' : 'Postgres'} ${driver.version}`,
    tables,
    migrations: { total: migrations.total, applied: migrations.applied.length },
    seeded,
    anonKey: server.keys?.publishable ?? null,
    notices: [...unknownNotices(process.env), ...(loaded.notices ?? []), ...(migrations.notices ?? []), ...notices],
    readyIn: performance.now(),
  };
}

/** A start that nobody has told whom to let in serves no request, and says so once instead of to each. */
function closedDoor({ config, pgrst }: Context): readonly string[] {
  const { jwtSecret = pgrst.jwtSecret, jwksUrl, publishableKey, secretKey } = config;
  if ([jwtSecret, jwksUrl, publishableKey, secretKey, pgrst.anonRole].some((it) => it !== undefined)) return [];
  return [
    'Every request to the API is refused: set JWT_SECRET or JWKS_URL to take tokens, PGRST_DB_ANON_ROLE=anon for requests without one',
  ];
}

/** A URL does not show it. */
const HTTP_PORT = 80;

/** A client that still asks at the port one wanted would find somebody else there. */
function movedPorts({ port, pgPort }: Config, { url, postgres }: RunningServer): readonly string[] {
  const wanted = [
    [port, url, 'HTTP'],
    [pgPort, postgres, 'Postgres'],
  ] as const;
  return wanted.flatMap(([number, at, what]) => {
    const got = at === null ? number : Number(new URL(at).port || HTTP_PORT);
    return number === 0 || got === number ? [] : [`Port ${number} is taken; ${what} is on ${got}`];
  });
}

/** As PostgREST has it: SIGUSR1 reads the schema anew, SIGUSR2 the settings that the database holds. */
function reloadOnSignals({ reloads }: RunningServer, log: Logger): void {
  for (const [signal, reload] of [
    ['SIGUSR1', reloads.schema],
    ['SIGUSR2', reloads.settings],
  ] as const) {
    process.on(signal, () => {
      reload().catch((error: unknown) => log.error({ err: error }, `${signal}: requests go on with what was known`));
    });
  }
}

/** After this a person is told what the stop waits for, in milliseconds. */
const PATIENCE = 1_000;

function stopOnSignals(server: RunningServer, log: Logger): void {
  onStopSignals(() => {
    setTimeout(() => log.info('stopping: requests are still running; a second signal cuts them off'), PATIENCE);
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'the stop failed');
        process.exit(1);
      },
    );
  });
}
