import { resolve } from 'node:path';
import type { Config } from '../../config/index.ts';
import { type Driver, openPostgres, PgliteDriver } from '../../db/index.ts';
import type { Logger } from '../../http/logger.ts';
import { openWire } from '../../wire/index.ts';
import { isExternal, openConfigured } from '../database/database.ts';
import { makeStateFolder, runningServer } from '../project/state-file.ts';

/**
 * The project's database for a command: through the Postgres port of the server that has it open, else opened here. (A data
 * folder has one owner; a second one would lose writes.)
 */
export async function attach(config: Config, log: Logger): Promise<Driver> {
  const url = isExternal(config) ? undefined : await ownerUrl(config);
  if (url === undefined && !isExternal(config)) await makeStateFolder(resolve(config.project));
  return url === undefined ? openConfigured(config, log) : openPostgres({ url, poolSize: 2, statementTimeout: 0 });
}

/** The Postgres port of the running server, or undefined where none runs. */
async function ownerUrl(config: Config): Promise<string | undefined> {
  return (await runningServer(resolve(config.project)))?.postgres ?? undefined;
}

/**
 * The project's database as a URL, for programs that connect by themselves: the server's, the running owner's port, or a port that
 * is open for as long as `work` takes.
 */
export async function withUrl<T>(config: Config, log: Logger, work: (url: string) => Promise<T>): Promise<T> {
  const url = isExternal(config) ? externalUrl(config) : await ownerUrl(config);
  if (url !== undefined) return work(url);
  const driver = await openConfigured(config, log);
  try {
    if (!(driver instanceof PgliteDriver)) throw new TypeError('only an embedded database needs a port of its own');
    const wire = openWire(driver, { port: 0 });
    return await work(wire.url).finally(() => wire.stop());
  } finally {
    await driver.close();
  }
}

function externalUrl({ databaseUrl, pgHost = '', pgHostPort, pgUser, pgPassword, pgDatabase }: Config): string {
  if (databaseUrl !== undefined) return databaseUrl;
  const login = [pgUser, pgPassword].flatMap((it) => (it === undefined ? [] : [encodeURIComponent(it)])).join(':');
  return `postgres://${login}${login === '' ? '' : '@'}${encodeURIComponent(pgHost)}:${pgHostPort}/${pgDatabase ?? ''}`;
}
