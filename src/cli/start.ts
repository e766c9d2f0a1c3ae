import type { Config } from '../config/index.ts';
import { HutchError } from '../errors/index.ts';
import { isExternal } from '../server/database/database.ts';
import { runServer } from './run-server.ts';

/** `hutch start`: serves the Postgres that the environment names. */
export async function start(config: Config): Promise<void> {
  if (!isExternal(config)) {
    throw new HutchError('config_invalid_value', {
      message: 'No database to serve',
      details: 'Neither DATABASE_URL nor PGHOST is set',
      hint: 'Set DATABASE_URL, or use `hutch dev` for a Postgres of its own',
      field: 'DATABASE_URL',
    });
  }
  await runServer(config, 'start');
}
