import { join, resolve } from 'node:path';
import type { Config } from '../config/index.ts';
import { type Driver, openPglite } from '../db/index.ts';
import type { Logger } from '../http/logger.ts';

/** Whether the configuration names a real Postgres; Hutch opens its own otherwise. */
export const isExternal = (config: Config): boolean => config.databaseUrl !== undefined || config.pgHost !== undefined;

/** Opens the database that the configuration names. The driver that is not needed is not even loaded. */
export async function openDatabase(config: Config, log: Logger): Promise<Driver> {
  return isExternal(config) ? openExternal(config, log) : openEmbedded(config, log);
}

/** The folder of the embedded database. */
export const dataFolder = (config: Config): string => resolve(join(config.project, '.'), config.dataDir);

function openEmbedded(config: Config, log: Logger): Promise<Driver> {
  return openPglite({
    dataDir: dataFolder(config),
    fsync: config.fsync,
    statementTimeout: config.statementTimeout,
    queueTimeout: config.poolTimeout,
    log: (message) => log.warn(message),
  });
}

async function openExternal(config: Config, log: Logger): Promise<Driver> {
  const { openPostgres } = await import('../db/postgres/open.ts');
  return openPostgres({
    url: config.databaseUrl,
    host: config.pgHost,
    port: config.pgHostPort,
    user: config.pgUser,
    password: config.pgPassword,
    database: config.pgDatabase,
    ssl: config.ssl,
    sslCa: config.sslCa,
    poolSize: config.poolSize,
    connectTimeout: config.connectTimeout,
    queueTimeout: config.poolTimeout,
    statementTimeout: config.statementTimeout,
    idleTimeout: config.idleTimeout,
    log: (message: string) => log.warn(message),
  });
}
