import type { Driver } from './driver.ts';
import { openPglite, type PgliteOptions } from './pglite/open.ts';
import type { PostgresOptions } from './postgres/open.ts';

export type { PostgresOptions };

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

/**
 * Opens a pool on a Postgres server, and its first connection with it: a ConnectionError (`unreachable` or `refused`) says in one sentence
 * why that can't be, or that the server is older than PostgreSQL 14.
 */
export async function openPostgres(options: PostgresOptions): Promise<Driver> {
  // Who has the embedded engine does not load a client of servers.
  const pool = await import('./postgres/open.ts');
  return pool.openPostgres(options);
}
