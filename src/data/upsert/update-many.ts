import { getTableColumns, type InferInsertModel, type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { HutchError } from '../../errors/index.ts';
import type { Database } from '../database.ts';
import { Changes, type SetSetting } from './change.ts';
import type { Input } from './input.ts';
import { type Conflict, updateFrom } from './merge.ts';
import type { Outcome } from './outcome.ts';
import { lettersFrom } from './results.ts';
import { currentRows, fieldsOf, type ReturnedBy, type ReturningSetting } from './returning.ts';
import type { Shape } from './shape.ts';
import { type ColumnOf, resolveTarget } from './target.ts';
import type { SetOf } from './upsert.ts';
import { write } from './writer.ts';

export interface UpdateManySettings<T extends PgTable, R extends ReturningSetting<T> | undefined = undefined> {
  /** The columns that say which row is meant. Default: the primary key. */
  readonly key?: ColumnOf<T> | readonly ColumnOf<T>[];
  /** Default: every field a row gives, but the key's. */
  readonly set?: Exclude<SetOf<T>, (...args: never) => unknown>;
  /** Update only rows of which this holds. */
  readonly where?: SQL;
  /** Write nothing where nothing would change. */
  readonly onlyIfChanged?: boolean;
  readonly duplicates?: 'error' | 'last';
  readonly returning?: R;
}

/**
 * Updates many rows, each with values of its own, in one statement; rows of different fields need one for each set of
 * fields, in one transaction. A row whose key is not found is reported as missing; none is made.
 *
 * ```ts
 * const outcome = await updateMany(db, products, [
 *   { id: 1, price: 12 },
 *   { id: 2, price: 15 },
 * ]);
 * outcome.count('missing'); // 0
 * ```
 *
 * @throws HutchError as `upsert` does, and `row_missing_key` for a row without its key.
 */
export async function updateMany<T extends PgTable, R extends ReturningSetting<T> | undefined = undefined>(
  db: Database,
  table: T,
  rows: Input<Partial<InferInsertModel<T>>>,
  settings: UpdateManySettings<T, R> = {},
): Promise<Outcome<ReturnedBy<T, R>>> {
  const target = await resolveTarget(db, table, settings.key);
  const key = new Set(target.columns);
  const changes = new Changes(table, key, sql.raw('s'), settings.set as SetSetting); // see upsert
  const conflict: Conflict = {
    target,
    changes,
    where: settings.where,
    onlyIfChanged: settings.onlyIfChanged ?? false,
    partitioned: false,
  };
  const fields = fieldsOf(table, settings.returning);
  const outcome = await write(db, table, rows, {
    key: target.columns,
    duplicates: settings.duplicates ?? 'error',
    withoutDefaults: true,
    check: (shape, at) => checkUpdate(table, shape, at, key, changes),
    run: async (on, shape, from) => {
      const letters = await lettersFrom(on, updateFrom(table, shape, from, conflict));
      return { letters, rows: fields && (await currentRows(on, table, from, target.columns, fields)) };
    },
  });
  return outcome as Outcome<ReturnedBy<T, R>>; // see upsert
}

function checkUpdate(table: PgTable, shape: Shape, at: number, key: ReadonlySet<string>, changes: Changes): void {
  if (!shape.keyed) {
    const names = new Set(shape.given.map(({ name }) => name));
    const fields = Object.entries(getTableColumns(table)).filter(([, { name }]) => key.has(name));
    const lacking = fields.find(([, { name }]) => !names.has(name)) ?? fields[0];
    throw new HutchError('row_missing_key', {
      field: lacking?.[0],
      details: `rows[${at}].${lacking?.[0]} is missing or null`,
    });
  }
  if (changes.for(shape).length > 0) return;
  throw new HutchError('row_invalid_value', {
    field: 'rows',
    details: `rows[${at}] gives nothing to set besides its key`,
  });
}
