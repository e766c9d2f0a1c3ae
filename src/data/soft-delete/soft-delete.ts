import { and, type InferSelectModel, isNull, type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { deletedAtColumn, deletedColumns } from '../columns/soft-delete.ts';
import type { Database } from '../database.ts';
import { conditionOf, type Rows } from '../table/row-keys.ts';
import { changeDeletion, deletionColumnsOf } from './change.ts';

/**
 * The columns of a table whose rows are deleted softly: `deleted_at timestamptz`, null while the row lives; with
 * `{ flag: true }` also `deleted boolean not null default false`, which the database keeps in step with it. What this means for
 * every client is in `softDeleteObjects`.
 *
 * @example
 * const notes = snakeCase.table('notes', { id: integer().primaryKey(), ...softDelete() });
 */
export function softDelete(): ReturnType<typeof deletedAtColumn>;
export function softDelete(options: { readonly flag: true }): ReturnType<typeof deletedColumns>;
/**
 * Deletes rows softly, chosen by a condition, a key or several keys, and returns those that were living until now. Children
 * follow along foreign keys that say cascade.
 *
 * @example
 * await softDelete(db, tickets, 42);
 * await softDelete(db, tickets, eq(tickets.organizationId, 'org_1'));
 * @throws HutchError `soft_delete_missing`, `condition_missing`, `row_key_invalid`
 */
export function softDelete<T extends PgTable>(db: Database, table: T, rows: Rows<T>): Promise<InferSelectModel<T>[]>;
export function softDelete<T extends PgTable>(
  first?: Database | { readonly flag: true },
  table?: T,
  rows?: Rows<T>,
): unknown {
  if (first === undefined) return deletedAtColumn();
  if (!table || 'flag' in first) return deletedColumns();
  return deleteRows(first, table, rows);
}

async function deleteRows<T extends PgTable>(
  db: Database,
  table: T,
  rows: Rows<T> | undefined,
): Promise<InferSelectModel<T>[]> {
  const { deletedAt } = deletionColumnsOf(table);
  return changeDeletion(db, table, true, and(isNull(deletedAt), conditionOf(table, rows)));
}

/**
 * Brings deleted rows back, with the children that their deletion took along, and returns the rows. A row whose own parent is
 * still deleted is refused (SQLSTATE 23503): restore the parent.
 *
 * @example
 * await restore(db, tickets, 42);
 */
export async function restore<T extends PgTable>(
  db: Database,
  table: T,
  rows: Rows<T>,
): Promise<InferSelectModel<T>[]> {
  const { deletedAt } = deletionColumnsOf(table);
  return changeDeletion(db, table, false, and(sql`${deletedAt} is not null`, conditionOf(table, rows)));
}

/**
 * Living rows only, as a condition; more conditions may follow.
 *
 * @example
 * db.select().from(tickets).where(active(tickets, eq(tickets.status, 'OPEN')));
 */
export function active(table: PgTable, ...conditions: (SQL | undefined)[]): SQL {
  return joined(isNull(deletionColumnsOf(table).deletedAt), ...conditions);
}

/** Deleted rows only, as a condition. */
export function onlyDeleted(table: PgTable, ...conditions: (SQL | undefined)[]): SQL {
  return joined(sql`${deletionColumnsOf(table).deletedAt} is not null`, ...conditions);
}

/** Living and deleted rows, said out loud where `active` would be expected. */
export function withDeleted(table: PgTable, ...conditions: (SQL | undefined)[]): SQL {
  deletionColumnsOf(table);
  return joined(sql`true`, ...conditions);
}

const joined = (first: SQL, ...rest: (SQL | undefined)[]): SQL => and(first, ...rest) ?? first;
