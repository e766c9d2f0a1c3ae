import { type SQL, sql } from 'drizzle-orm';
import { getTableConfig, type PgColumn, type PgTable } from 'drizzle-orm/pg-core';
import { qualified } from '../../db/quoting.ts';
import { didYouMean, HutchError } from '../../errors/index.ts';
import type { Database } from '../database.ts';
import { rowsOf } from '../rows.ts';

/** A column of this table. */
export type ColumnOf<T extends PgTable> = T['_']['columns'][keyof T['_']['columns']] & PgColumn;

/**
 * What makes two rows the same: a column, columns, a constraint by its name, or a partial unique index by its columns and
 * its predicate.
 */
export type Target<T extends PgTable> =
  | ColumnOf<T>
  | readonly ColumnOf<T>[]
  | { readonly constraint: string }
  | { readonly columns: ColumnOf<T> | readonly ColumnOf<T>[]; readonly where?: SQL };

export interface ResolvedTarget {
  /** Database names of the columns. */
  readonly columns: readonly string[];
  /** What stands between ON CONFLICT and DO. */
  readonly clause: SQL;
}

/** A target without the knowledge of whose columns they are. */
export type AnyTarget =
  | PgColumn
  | readonly PgColumn[]
  | { readonly constraint: string }
  | { readonly columns: PgColumn | readonly PgColumn[]; readonly where?: SQL };

/** @throws HutchError `target_not_unique` where there is no key, no such constraint, or a column of another table. */
export async function resolveTarget(
  db: Database,
  table: PgTable,
  target: AnyTarget | undefined,
): Promise<ResolvedTarget> {
  if (target === undefined) return onColumns(table, primaryKeyOf(table), undefined);
  if (isList(target)) return onColumns(table, target, undefined);
  if (isConstraint(target)) return onConstraint(db, table, target.constraint);
  if (isIndex(target))
    return onColumns(table, isList(target.columns) ? target.columns : [target.columns], target.where);
  return onColumns(table, [target], undefined);
}

// Array.isArray does not narrow a readonly array out of a union.
const isList = (value: AnyTarget): value is readonly PgColumn[] => Array.isArray(value);

// `is(value, PgColumn)` does not narrow the other way round: a column is whatever is neither of these.
const isConstraint = (value: AnyTarget): value is Extract<AnyTarget, { constraint: string }> => 'constraint' in value;
const isIndex = (value: AnyTarget): value is Exclude<Extract<AnyTarget, { columns: unknown }>, PgColumn> =>
  'columns' in value;

function onColumns(table: PgTable, columns: readonly PgColumn[], where: SQL | undefined): ResolvedTarget {
  const own = new Set(getTableConfig(table).columns);
  const stranger = columns.find((column) => !own.has(column));
  if (columns.length === 0 || stranger) throw notUnique(table, stranger?.name ?? 'no columns');
  const names = columns.map((column) => column.name);
  const list = sql.join(
    names.map((name) => sql.identifier(name)),
    sql`, `,
  );
  return { columns: names, clause: where ? sql`(${list}) where ${where}` : sql`(${list})` };
}

/** The columns of the table's primary key, declared on a column or for several. */
export function primaryKeyOf(table: PgTable): readonly PgColumn[] {
  const config = getTableConfig(table);
  const single = config.columns.filter((column) => column.primary);
  const columns = single.length > 0 ? single : (config.primaryKeys[0]?.columns ?? []);
  if (columns.length === 0) throw notUnique(table, 'no target was given, and the table has no primary key');
  return columns;
}

/** The live catalog is asked, because a constraint's name need not be in the Drizzle table. */
async function onConstraint(db: Database, table: PgTable, name: string): Promise<ResolvedTarget> {
  const found = await rowsOf<{ name: string; columns: string[] }>(
    db,
    sql`select c.conname as name, array(select a.attname::text from unnest(c.conkey) k join pg_attribute a
          on a.attrelid = c.conrelid and a.attnum = k) as columns
        from pg_constraint c where c.conrelid = ${regclassOf(table)} and c.contype in ('p', 'u')`,
  );
  const constraint = found.find((it) => it.name === name);
  if (!constraint) {
    const names = found.map((it) => it.name);
    throw notUnique(table, name, didYouMean(name, names));
  }
  return { columns: constraint.columns, clause: sql`on constraint ${sql.identifier(name)}` };
}

/** The table's own name as a value: quoted by the server, found as written in SQL. */
export function regclassOf(table: PgTable): SQL {
  const { schema, name } = getTableConfig(table);
  return sql`${qualified(schema, name)}::text::regclass`;
}

export function notUnique(table: PgTable, what: string, hint?: string | null, cause?: unknown): HutchError {
  return new HutchError('target_not_unique', {
    field: 'target',
    details: `${getTableConfig(table).name}: ${what}`,
    hint: hint ?? 'Name columns that a primary key, a unique constraint or a unique index covers, with its predicate.',
    cause,
  });
}
