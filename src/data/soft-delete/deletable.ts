import { getTableConfig, type PgColumn, type PgTable } from 'drizzle-orm/pg-core';
import { markOf } from '../columns/mark.ts';

/** How a table's deleted rows are told: by a time, and perhaps a boolean beside it. */
export interface Deletable {
  readonly deletedAt: PgColumn;
  readonly deleted: PgColumn | undefined;
}

const KEPT = Symbol.for('hutch.softDeleted');

/**
 * Declares that rows of an existing table are deleted softly, where its columns can't come from `softDelete()`: it needs a
 * `deleted_at` that may be null, and may have a boolean `deleted`. The triggers are derived just the same.
 *
 * @example
 * export const users = softDeleted(pgTable('users', { id: text().primaryKey(), deletedAt: timestamp('deleted_at') }));
 */
export function softDeleted<T extends PgTable>(table: T): T {
  Object.defineProperty(table, KEPT, { value: true });
  return table;
}

/** Whether the database itself keeps this table's deletions soft: its columns come from `softDelete()`, or it was declared so. */
export function isKept(table: PgTable): boolean {
  return (
    Reflect.get(table, KEPT) === true || getTableConfig(table).columns.some((it) => markOf(it)?.kind === 'deletedAt')
  );
}

const known = new WeakMap<PgTable, Deletable | null>();

/**
 * The table's deletion columns: marked ones, or those that existing tables have by convention (`deleted_at`, a time that may be
 * null; `deleted`, a boolean). Undefined where rows are deleted for good.
 */
export function deletableOf(table: PgTable): Deletable | undefined {
  const cached = known.get(table);
  if (cached !== undefined) return cached ?? undefined;
  const found = recognise(getTableConfig(table).columns);
  known.set(table, found ?? null);
  return found;
}

function recognise(columns: readonly PgColumn[]): Deletable | undefined {
  const deletedAt = columns.find((it) => markOf(it)?.kind === 'deletedAt') ?? columns.find(isDeletedAt);
  const deleted = columns.find((it) => markOf(it)?.kind === 'deleted') ?? columns.find(isDeleted);
  return deletedAt && { deletedAt, deleted };
}

const isDeletedAt = (column: PgColumn): boolean =>
  column.name === 'deleted_at' && !column.notNull && column.getSQLType().startsWith('timestamp');

const isDeleted = (column: PgColumn): boolean => column.name === 'deleted' && column.getSQLType() === 'boolean';
