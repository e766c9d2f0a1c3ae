import { type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { identifier, literal } from '../../db/quoting.ts';
import { keyColumns, keyValues, type RowKey } from '../table/row-keys.ts';
import { shapeOf } from '../table/shape.ts';
import { RENAMED } from './log.ts';

/** The key as the trigger writes it. @throws HutchError `row_key_invalid`, `primary_key_missing` */
export function rowKeyOf<T extends PgTable>(table: T, key: RowKey<T>): SQL {
  const columns = keyColumns(table);
  const values = keyValues(table, columns, key);
  const typed = columns.map(
    (it, index) => sql`${sql.param(values[index], it.column)}::${sql.raw(it.column.getSQLType())}`,
  );
  const [single] = typed;
  if (single && typed.length === 1) return sql`${single}::text`;
  return sql`jsonb_build_array(${sql.join(typed, sql`, `)})::text`;
}

/** Values of an entry of the log, under the names that columns have now. */
export const renamed = (table: PgTable, values: SQL): SQL =>
  sql`${sql.raw(RENAMED)}(${sql.raw(literal(shapeOf(table).sql))}::regclass, ${values}, at)`;

/** `table_name` in the log. */
export const tableName = (table: PgTable): SQL => sql.raw(literal(shapeOf(table).label));

/** Whether `row` (an alias in SQL) has this key. */
export function hasKey<T extends PgTable>(table: T, key: RowKey<T>, row: string): SQL {
  const columns = keyColumns(table);
  const values = keyValues(table, columns, key);
  const pairs = columns.map(
    ({ column }, index) => sql`${sql.raw(`${row}.${identifier(column.name)}`)} = ${sql.param(values[index], column)}`,
  );
  return sql.join(pairs, sql` and `);
}
