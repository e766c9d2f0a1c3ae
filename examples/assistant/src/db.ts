import { type Driver, drizzleOver, openDatabase, type SeedContext } from 'hutch';
import { relations } from './schema/relations.ts';

/**
 * The database for scripts and jobs: the server of `DATABASE_URL`, else an embedded one in memory. (Routes need none of this:
 * they have `c.var.tx`.) While `hutch dev` runs, its Postgres port is such a URL, so a script shares the database with it.
 */
export async function openDb(url = process.env.DATABASE_URL) {
  const driver = await openDatabase(url === undefined ? {} : { postgres: { url } });
  return { driver, db: dbOver(driver) };
}

export const dbOver = (driver: Driver | SeedContext['tx']) => drizzleOver(driver, { relations });

export type Db = ReturnType<typeof dbOver>;
