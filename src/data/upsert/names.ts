import { type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { getTableConfig } from 'drizzle-orm/pg-core';

/** The input's place of a row, in every source of rows. No column of a user's table should be called so. */
export const ORD = sql.raw('hutch_ord');

export const namesOf = (columns: readonly { readonly name: string }[]): SQL =>
  sql.join(
    columns.map(({ name }) => sql.identifier(name)),
    sql`, `,
  );

/** The same columns, of the source `s`. */
export const sourceNamesOf = (columns: readonly { readonly name: string }[]): SQL =>
  sql.join(
    columns.map(({ name }) => sql`s.${sql.identifier(name)}`),
    sql`, `,
  );

/** `"name"`, by which a statement's own table is known inside it. */
export const aliasOf = (table: PgTable): SQL => sql`${sql.identifier(getTableConfig(table).name)}`;

export const keysMatch = (left: SQL, right: SQL, names: readonly string[]): SQL =>
  sql.join(
    names.map((name) => sql`${left}.${sql.identifier(name)} = ${right}.${sql.identifier(name)}`),
    sql` and `,
  );
