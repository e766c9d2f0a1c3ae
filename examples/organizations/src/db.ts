import { drizzleOver, openPostgres } from 'hutch';
import { relations } from './schema.ts';

export interface ConnectionOptions {
  readonly url: string;
  readonly poolSize?: number;
  /** Milliseconds to wait for a free connection. */
  readonly poolTimeout?: number;
  /** Told of connections that were lost while nobody used them. */
  readonly log?: (message: string) => void;
}

/**
 * A pool of its own, for scripts and jobs. (`hutch start` has one, set by `HUTCH_POOL_SIZE` and `HUTCH_POOL_TIMEOUT`; routes use
 * `c.var.tx`.) Its first connection is opened at once, so a database that is away is an error here and not at the first query.
 */
export async function createDbConnection({ url, poolSize = 5, poolTimeout = 10_000, log }: ConnectionOptions) {
  const driver = await openPostgres({ url, poolSize, poolTimeout, log });
  return { driver, db: drizzleOver(driver, { relations }) };
}
