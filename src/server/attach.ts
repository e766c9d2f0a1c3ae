import { resolve } from 'node:path';
import type { Config } from '../config/index.ts';
import { type Driver, openPostgres } from '../db/index.ts';
import type { Logger } from '../http/logger.ts';
import { isExternal, openConfigured } from './database.ts';
import { runningServer } from './state-file.ts';

/**
 * The project's database for a command: through the Postgres port of the server that has it open, else opened here. (A data
 * folder has one owner; a second one would lose writes.)
 */
export async function attach(config: Config, log: Logger): Promise<Driver> {
  if (isExternal(config)) return openConfigured(config, log);
  const url = await ownerUrl(config);
  return url === undefined ? openConfigured(config, log) : openPostgres({ url, poolSize: 2, statementTimeout: 0 });
}

/** The Postgres port of the running server, or undefined where none runs. */
export async function ownerUrl(config: Config): Promise<string | undefined> {
  return (await runningServer(resolve(config.project)))?.postgres ?? undefined;
}
