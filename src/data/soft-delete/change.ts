import { getColumns, type InferSelectModel, type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { HutchError } from '../../errors/index.ts';
import type { Database } from '../database.ts';
import { shapeOf } from '../table/shape.ts';
import { type Deletable, deletableOf } from './deletable.ts';

/** @throws HutchError `soft_delete_missing` */
export function deletionColumnsOf(table: PgTable): Deletable {
  const columns = deletableOf(table);
  if (columns) return columns;
  throw new HutchError('soft_delete_missing', { details: `"${shapeOf(table).label}" has no column deleted_at.` });
}

/** Deletes or restores. Sets the flag too, since a table that was never declared has no trigger to keep it in step. */
export async function changeDeletion<T extends PgTable>(
  db: Database,
  table: T,
  deleted: boolean,
  where: SQL | undefined,
): Promise<InferSelectModel<T>[]> {
  const changes = Object.fromEntries(changesOf(table, deleted));
  const plain: PgTable = table;
  const rows = await db.update(plain).set(changes).where(where).returning();
  // The columns of `T` were returned; the statement was built for any table, which hides that from the compiler.
  return rows as InferSelectModel<T>[];
}

/** `now()` and not the application's clock; the trigger makes it the deletion's own time. */
function changesOf(table: PgTable, gone: boolean): readonly (readonly [string, unknown])[] {
  const { deletedAt, deleted } = deletionColumnsOf(table);
  return Object.entries(getColumns(table)).flatMap(([property, column]): (readonly [string, unknown])[] => {
    if (column === deletedAt) return [[property, gone ? sql`now()` : null]];
    return column === deleted ? [[property, gone]] : [];
  });
}
