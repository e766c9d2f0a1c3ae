import { getTableColumns, is } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import type { Driver } from '../../db/index.ts';
import type { Schema } from '../../migrate/index.ts';

/**
 * Whether the database lacks a table or a column that the Drizzle schema has: it was written while nothing ran, or no migration
 * brings it. One query for all of them, because a whole comparison takes longer than a start.
 */
export async function lacksTables(driver: Driver, schema: Schema): Promise<boolean> {
  const wanted = tablesOf(schema).flatMap((table) => {
    const { name, schema: named = 'public' } = getTableConfig(table);
    return Object.values(getTableColumns(table)).map((column) => ({ schema: named, table: name, column: column.name }));
  });
  const { rows } = await driver.query({ text: LACKS, params: [JSON.stringify(wanted)], prepare: false });
  return rows[0]?.[0] === 't';
}

/** The Postgres schemas that the Drizzle schema has tables in. */
export const schemasOf = (schema: Schema): readonly string[] =>
  tablesOf(schema).map((table) => getTableConfig(table).schema ?? 'public');

const tablesOf = (schema: Schema): readonly PgTable[] =>
  Object.values(schema).filter((it): it is PgTable => is(it, PgTable));

const LACKS = `SELECT EXISTS (
  SELECT FROM json_to_recordset($1::json) AS wanted(schema text, "table" text, "column" text)
  LEFT JOIN (pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0)
    ON n.nspname = wanted.schema AND c.relname = wanted."table" AND a.attname = wanted."column"
  WHERE a.attname IS NULL
)`;
