import type { AnyRelations } from 'drizzle-orm';
import type { PgAsyncDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';

/** Any Drizzle database for Postgres, or a transaction of one: what every helper of this room works on. */
export type Database = PgAsyncDatabase<PgQueryResultHKT, AnyRelations>;

/** What `db.transaction` hands to its callback, for this kind of database. */
export type TransactionOf<D extends Database> = Parameters<Parameters<D['transaction']>[0]>[0];

/** Whether statements on it already run inside a transaction. Both Drizzle lines give `rollback` to transactions alone. */
export function isTransaction(db: Database): boolean {
  return 'rollback' in db;
}
