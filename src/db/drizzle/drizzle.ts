import type { AnyRelations, EmptyRelations } from 'drizzle-orm';
import type { DrizzlePgConfig, PgCodecs } from 'drizzle-orm/pg-core';
import { drizzle, type PostgresJsDatabase, postgresJsCodecs } from 'drizzle-orm/postgres-js';
import type { Sql } from 'postgres';
import type { Driver, Transaction } from '../driver.ts';
import { type Nested, writeArray } from '../values/array-literal.ts';
import { encodeBytes } from '../values/encode.ts';
import { postgresJsClient } from './postgres-js-client.ts';

/** Drizzle's own configuration for `drizzle-orm/postgres-js`: relations, logger, cache, codecs. */
export type DrizzleConfig<TRelations extends AnyRelations = EmptyRelations> = DrizzlePgConfig<TRelations>;

/**
 * Drizzle over a driver, or over one transaction of it: the same database type and the same values on both engines, those of
 * `drizzle-orm/postgres-js`. `db.transaction` is a transaction of the driver, a nested one is a savepoint; over a transaction, both are
 * savepoints. `db.execute` gives rows as an array of objects.
 */
export function drizzleOver<TRelations extends AnyRelations = EmptyRelations>(
  executor: Driver | Transaction,
  config: DrizzleConfig<TRelations> = {},
): PostgresJsDatabase<TRelations> {
  // Drizzle asks no more of a client than `PostgresJsClient` has.
  const client = postgresJsClient(executor) as unknown as Sql;
  return drizzle<TRelations, Sql>({ client, codecs, ...config });
}

const toJson = (value: unknown): string => JSON.stringify(value);

/**
 * postgres.js asks the server for each parameter's type and turns values for JSON columns into JSON itself, at the price of a round trip for each new
 * statement. Drizzle knows the column, so it is done here.
 */
const codecs: PgCodecs = {
  ...postgresJsCodecs,
  json: { ...postgresJsCodecs.json, normalizeParam: toJson },
  jsonb: { ...postgresJsCodecs.jsonb, normalizeParam: toJson },
  bytea: {
    ...postgresJsCodecs.bytea,
    normalizeParamArray: (bytes: Nested<Uint8Array>) => writeArray(bytes, encodeBytes),
  },
};
