import { type InferInsertModel, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { Database } from '../database.ts';
import { Changes } from './change.ts';
import type { Input } from './input.ts';
import { type Conflict, insertFrom } from './merge.ts';
import type { Outcome } from './outcome.ts';
import { fieldsOf, type ReturnedBy, type ReturningSetting, runInsert } from './returning.ts';
import { resolveTarget, type Target } from './target.ts';
import { write } from './writer.ts';

export interface InsertManySettings<T extends PgTable, R extends ReturningSetting<T> | undefined = undefined> {
  /** Leave rows that exist already as they are, instead of failing: those with the same value in this target. */
  readonly ignore?: Target<T>;
  readonly returning?: R;
}

/**
 * Inserts rows, any number of them or a stream, in one transaction, as `upsert` does.
 *
 * ```ts
 * const { rows } = await insertMany(db, users, [{ email: 'ada@example.com' }, { email: 'bob@example.com' }], {
 *   returning: { id: users.id },
 * });
 * rows; // [{ id: 1 }, { id: 2 }]
 * ```
 *
 * @throws HutchError `rows_empty`, `row_unknown_column`, `row_invalid_value`, and `row_conflict` where a row exists; each
 *   names the field, and nothing is written.
 */
export async function insertMany<T extends PgTable, R extends ReturningSetting<T> | undefined = undefined>(
  db: Database,
  table: T,
  rows: Input<InferInsertModel<T>>,
  settings: InsertManySettings<T, R> = {},
): Promise<Outcome<ReturnedBy<T, R>>> {
  const conflict = settings.ignore ? await ignoring(db, table, settings.ignore) : undefined;
  const key = conflict?.target.columns ?? [];
  const fields = fieldsOf(table, settings.returning);
  const outcome = await write(db, table, rows, {
    key,
    duplicates: 'error',
    insertsOnly: !conflict && !fields,
    run: (on, shape, from) => runInsert(on, table, from, insertFrom(table, shape, from, conflict), key, fields),
  });
  return outcome as Outcome<ReturnedBy<T, R>>; // see upsert
}

async function ignoring<T extends PgTable>(db: Database, table: T, ignore: Target<T>): Promise<Conflict> {
  const target = await resolveTarget(db, table, ignore);
  const changes = new Changes(table, new Set(target.columns), sql.raw('excluded'), []);
  return { target, changes, where: undefined, onlyIfChanged: false, partitioned: false };
}
