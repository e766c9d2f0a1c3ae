import { type GetColumnData, getTableColumns, type InferSelectModel, type SQL, sql } from 'drizzle-orm';
import { getTableConfig, type PgColumn, type PgTable } from 'drizzle-orm/pg-core';
import type { Database } from '../database.ts';
import { freshLetter, type Insert, lettersOf, returningAll } from './merge.ts';
import { keysMatch, ORD } from './names.ts';
import { lettersFrom, type ReturnedRow, type Returning, type ShapeResult } from './results.ts';
import type { ColumnOf } from './target.ts';

/** `true` for the whole row, or the fields wanted. */
export type ReturningSetting<T extends PgTable> = true | Readonly<Record<string, ColumnOf<T>>>;

/** The row that a `returning` setting gives. */
export type ReturnedBy<T extends PgTable, R> = R extends true
  ? InferSelectModel<T>
  : R extends Readonly<Record<string, PgColumn>>
    ? { [K in keyof R]: GetColumnData<R[K]> }
    : never;

export function fieldsOf(table: PgTable, setting: true | Returning | undefined): Returning | undefined {
  return setting === true ? getTableColumns(table) : setting;
}

/** Runs an INSERT for its letters, and for its rows where they are wanted. */
export async function runInsert(
  db: Database,
  table: PgTable,
  from: SQL,
  insert: Insert,
  key: readonly string[],
  fields: Returning | undefined,
): Promise<ShapeResult> {
  if (!fields) return { letters: await lettersFrom(db, lettersOf(table, insert, from, key)) };
  if (insert.complete) return returnedInOrder(db, table, insert, fields);
  const letters = await lettersFrom(db, lettersOf(table, insert, from, key));
  return { letters, rows: await currentRows(db, table, from, key, fields) };
}

/** The field's name is long so that no field of a user's is called so. */
const LETTER_FIELD = 'hutch_letter';

/** All in one statement: what the INSERT returned, read by the table's own columns, so that Drizzle decodes it. */
async function returnedInOrder(db: Database, table: PgTable, insert: Insert, fields: Returning): Promise<ShapeResult> {
  const columns = getTableColumns(table);
  const up = db.$with('up', columns).as(returningAll(insert));
  const keys = new Map(Object.entries(columns).map(([key, column]) => [column, key]));
  const selection: Record<string, PgColumn | SQL<string>> = { [LETTER_FIELD]: freshLetter };
  // The CTE has the table's columns by their keys, now as its own.
  for (const [field, column] of Object.entries(fields)) selection[field] = Reflect.get(up, keys.get(column) ?? field);
  const found: ReturnedRow[] = await db.with(up).select(selection).from(up);
  const letters = found.map((row) => String(row[LETTER_FIELD])).join('');
  return { letters, rows: found.map(({ [LETTER_FIELD]: _, ...row }) => row) };
}

/** The rows as they are after the write, which those that nothing was written to can only be read from the table. */
export async function currentRows(
  db: Database,
  table: PgTable,
  from: SQL,
  key: readonly string[],
  fields: Returning,
): Promise<readonly ReturnedRow[]> {
  const source = sql`(select s.*, ${ORD} as hutch_at from ${from}) as s`;
  return db
    .select({ ...fields })
    .from(table)
    .innerJoin(source, keysMatch(sql`${sql.identifier(getTableConfig(table).name)}`, sql.raw('s'), key))
    .orderBy(sql`s.hutch_at`);
}
