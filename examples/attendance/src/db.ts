import { type Driver, drizzleOver, openDatabase, openPostgres, type SeedContext, spreadReads } from 'hutch';
import { relations } from './schema/relations.ts';

/** Times are milliseconds. */
const POOL = {
  poolSize: 20,
  idleTimeout: 30_000,
  connectTimeout: 2_000, // fail fast
  statementTimeout: 30_000, // no runaway queries
};

export interface Addresses {
  /** Without it, an embedded database in memory. TLS as the URL says (`?sslmode=verify-full`). */
  readonly url?: string | undefined;
  readonly replicaUrls?: readonly string[];
}

const addresses = ({ DATABASE_URL, DATABASE_REPLICA_URLS }: NodeJS.ProcessEnv): Addresses => ({
  url: DATABASE_URL,
  replicaUrls: DATABASE_REPLICA_URLS?.split(',').filter(Boolean),
});

/**
 * The database for scripts and the worker. (Routes need none of this: they have `c.var.tx`.) While `hutch dev` runs, its
 * Postgres port is such a URL, so a script shares the database with it.
 */
export async function openDb({ url, replicaUrls = [] }: Addresses = addresses(process.env)) {
  const primary = await openDatabase(url === undefined ? {} : { postgres: { ...POOL, url } });
  const replicas = await Promise.all(replicaUrls.map((it) => openPostgres({ ...POOL, url: it })));
  return spreadDb(primary, replicas);
}

/** `db` for everything; `replica` for reads that may be a moment old. */
export function spreadDb(primary: Driver, replicas: readonly Driver[]) {
  const spread = spreadReads(primary, replicas);
  return { spread, driver: spread.driver, db: dbOver(spread.driver), replica: dbOver(spread.replica) };
}

export const dbOver = (driver: Driver | SeedContext['tx']) => drizzleOver(driver, { relations });

export type Db = ReturnType<typeof dbOver>;
export type Transaction = Parameters<Parameters<Db['transaction']>[0]>[0];
