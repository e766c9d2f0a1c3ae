import type { Driver } from './driver.ts';
import { openPglite, type PgliteOptions } from './pglite/open.ts';
import { openPostgres, type PostgresOptions } from './postgres/open.ts';

/** Either of the two; what is given chooses the engine. */
export interface DatabaseOptions {
  /** A Postgres server. */
  readonly postgres?: PostgresOptions;
  /** The embedded engine, where no server is given. */
  readonly pglite?: PgliteOptions;
}

/** Opens the server where one is given, else the embedded engine. */
export function openDatabase(options: DatabaseOptions = {}): Promise<Driver> {
  return options.postgres === undefined ? openPglite(options.pglite) : openPostgres(options.postgres);
}
