import { type GetColumnData, type InferInsertModel, type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Database } from '../database.ts';
import { Changes, type SetSetting } from './change.ts';
import type { Input } from './input.ts';
import { type Conflict, insertFrom } from './merge.ts';
import type { Outcome } from './outcome.ts';
import { isPartitioned } from './partitioned.ts';
import { fieldsOf, type ReturnedBy, type ReturningSetting, runInsert } from './returning.ts';
import { resolveTarget, type Target } from './target.ts';
import { write } from './writer.ts';

type Columns<T extends PgTable> = T['_']['columns'];

/** The row that came, as expressions: `excluded.name` is its name. */
export type Incoming<T extends PgTable> = {
  readonly [K in keyof Columns<T>]: Columns<T>[K] extends PgColumn ? SQL<GetColumnData<Columns<T>[K]>> : never;
};

/** New values by field: values, or expressions over the row there is and the row that came. */
export type NewRow<T extends PgTable> = {
  readonly [K in keyof InferInsertModel<T>]?: InferInsertModel<T>[K] | SQL;
};

/** Fields to take from the row that came, or new values. */
export type SetOf<T extends PgTable> =
  | readonly (keyof InferInsertModel<T> & string)[]
  | NewRow<T>
  | ((excluded: Incoming<T>) => NewRow<T>);

export interface UpsertSettings<T extends PgTable, R extends ReturningSetting<T> | undefined = undefined> {
  /** What makes two rows the same. Default: the primary key. */
  readonly target?: Target<T>;
  /** What to write where the row exists. Default: every field a row gives, but the target's. */
  readonly set?: SetOf<T>;
  /** Update only where this holds, of the row there is (the table's columns) and the one that came (`excluded."name"`). */
  readonly where?: SQL;
  /** Write nothing where nothing would change: no dead row, no trigger. */
  readonly onlyIfChanged?: boolean;
  /** Two rows with one key in the call: an error (default), or the last wins. */
  readonly duplicates?: 'error' | 'last';
  /** Give the rows back as they are afterwards, changed or not. */
  readonly returning?: R;
}

/**
 * Inserts rows, or updates those that exist: one, or any number, in one transaction. Up to a thousand travel in one
 * statement; more are copied into a temporary table in pieces of bounded size and merged by one statement, so neither
 * the count of parameters nor the memory of this process is a limit, and a stream of rows will do.
 *
 * Fields that a row does not give take their defaults where it is inserted, and stay as they are where it is updated.
 *
 * ```ts
 * const outcome = await upsert(db, users, [
 *   { email: 'ada@example.com', name: 'Ada' },
 *   { email: 'bob@example.com', name: 'Bob' },
 * ], { target: users.email, onlyIfChanged: true });
 * outcome.actions; // ['updated', 'inserted']
 * ```
 *
 * @throws HutchError `rows_empty`, `row_unknown_column`, `row_invalid_value`, `row_duplicate`, `row_conflict` (another
 *   unique index than the target), `target_not_unique`; each names the field, and nothing is written.
 */
export async function upsert<T extends PgTable, R extends ReturningSetting<T> | undefined = undefined>(
  db: Database,
  table: T,
  rows: Input<InferInsertModel<T>>,
  settings: UpsertSettings<T, R> = {},
): Promise<Outcome<ReturnedBy<T, R>>> {
  const target = await resolveTarget(db, table, settings.target);
  // The callback's argument has every column of T, which the table at run time can't tell its type.
  const set = settings.set as SetSetting;
  const changes = new Changes(table, new Set(target.columns), sql.raw('excluded'), set);
  const conflict: Conflict = {
    target,
    changes,
    where: settings.where,
    onlyIfChanged: settings.onlyIfChanged ?? false,
    partitioned: await isPartitioned(db, table),
  };
  const fields = fieldsOf(table, settings.returning);
  const outcome = await write(db, table, rows, {
    key: target.columns,
    duplicates: settings.duplicates ?? 'error',
    check: (shape) => {
      changes.for(shape);
    },
    refusesDuplicates: (shape) =>
      shape.keyed &&
      insertFrom(table, shape, sql``, conflict).fresh === 'xmax' &&
      !settings.onlyIfChanged &&
      !settings.where,
    run: (on, shape, from) =>
      runInsert(on, table, from, insertFrom(table, shape, from, conflict), target.columns, fields),
  });
  // Its rows were selected by the fields of `returning`, whose types ReturnedBy gives.
  return outcome as Outcome<ReturnedBy<T, R>>;
}
