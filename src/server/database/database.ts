import { resolve } from 'node:path';
import type { Config } from '../../config/index.ts';
import type { Driver, PgliteOptions, PostgresOptions } from '../../db/index.ts';
import { openDatabase } from '../../db/open.ts';
import { rememberedExtensions } from './extensions.ts';
import { headStart } from './head-start.ts';

/** What is told of a database's life. */
export interface Told {
  warn(message: string): void;
}

/** Whether the configuration names a real Postgres; Hutch opens its own otherwise. */
export const isExternal = (config: Config): boolean => config.databaseUrl !== undefined || config.pgHost !== undefined;

/** The folder of the embedded database. */
export const dataFolder = (config: Config): string => resolve(config.project, config.dataDir);

/** Opens the database that the configuration names; `early`, as in `PgliteOptions`, for a server's start. */
export function openConfigured(config: Config, log: Told, early = false): Promise<Driver> {
  const warn = (message: string) => log.warn(message);
  return openDatabase(
    isExternal(config)
      ? { postgres: { ...server(config), log: warn } }
      : { pglite: { ...embedded(config), ...(early && served(config)), log: warn } },
  );
}

/** Opens a read replica: as the primary but for its address. Nobody waits for one that is away: the primary answers meanwhile. */
export async function openReplica(config: Config, url: string, log: Told): Promise<Driver> {
  const { openPostgres } = await import('../../db/postgres/open.ts');
  const options = server({ ...config, databaseUrl: url });
  return openPostgres({ ...options, reconnectTime: 0, log: (message) => log.warn(message) });
}

function embedded(config: Config): PgliteOptions {
  const { fsync, statementTimeout, poolTimeout } = config;
  const dataDir = dataFolder(config);
  const extensions = rememberedExtensions(dataDir);
  return { dataDir, extensions, fsync, statementTimeout, queueTimeout: poolTimeout };
}

/** A new folder begins with the project's head start, where migrations and seed would be run on it anyway. */
function served(config: Config): Pick<PgliteOptions, 'early' | 'template'> {
  const wanted = config.seed && config.migrate !== false;
  return { early: true, ...(wanted && { template: () => headStart(resolve(config.project)) }) };
}

function server(config: Config): PostgresOptions {
  const { poolSize, poolTimeout, connectTimeout, statementTimeout, idleTimeout, maxLifetime } = config;
  const times = { poolTimeout, connectTimeout, statementTimeout, idleTimeout, maxLifetime };
  return { ...address(config), poolSize, ...times, prepare: config.preparedStatements };
}

function address(config: Config): PostgresOptions {
  const { databaseUrl, pgHost, pgHostPort, pgUser, pgPassword, pgDatabase, ssl, sslCa } = config;
  const tls = { ...(ssl === 'auto' ? {} : { ssl }), sslRootCert: sslCa };
  if (databaseUrl !== undefined) return { ...tls, url: databaseUrl };
  return { ...tls, host: pgHost, port: pgHostPort, user: pgUser, password: pgPassword, database: pgDatabase };
}
