import { getColumns, type InferSelectModel } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { didYouMean, HutchError } from '../../errors/index.ts';
import { shapeOf } from '../table/shape.ts';

export interface AuditOptions<Column extends string = string> {
  /** Columns that are not recorded at all; a change to nothing else leaves no entry. */
  readonly exclude?: readonly Column[];
  /** Columns of which only is recorded that they changed. */
  readonly mask?: readonly Column[];
}

/** What is recorded of a table, by column names in the database. */
export interface AuditPlan {
  readonly columns: readonly PgColumn[];
  readonly masked: ReadonlySet<string>;
}

const AUDIT = Symbol.for('hutch.audit');

/**
 * Declares that every change to this table is recorded, whoever makes it: in code, over HTTP, in psql. The record is written by a
 * trigger in the same transaction (see `auditObjects`); read it with `history`, `rowAt` and `activity`.
 *
 * @example
 * const table = snakeCase.table('users', { id: integer().primaryKey(), email: text(), passwordHash: text() });
 * export const users = audited(table, { mask: ['passwordHash'] });
 * @throws HutchError `audit_unknown_column`, `primary_key_missing`
 */
export function audited<T extends PgTable>(
  table: T,
  options: AuditOptions<keyof InferSelectModel<T> & string> = {},
): T {
  for (const name of [...(options.exclude ?? []), ...(options.mask ?? [])]) checkColumn(table, name);
  Object.defineProperty(table, AUDIT, { value: options });
  return table;
}

function checkColumn(table: PgTable, name: string): void {
  const names = Object.keys(getColumns(table));
  if (names.includes(name)) return;
  throw new HutchError('audit_unknown_column', {
    details: `"${shapeOf(table).label}" has no column '${name}'.`,
    hint: didYouMean(name, names),
    field: name,
  });
}

/** What is recorded of this table; undefined where nothing is. */
export function auditPlanOf(table: PgTable): AuditPlan | undefined {
  const options: unknown = Reflect.get(table, AUDIT);
  if (!isOptions(options)) return undefined;
  const columns = Object.entries(getColumns(table));
  const masked = columns.filter(([name]) => options.mask?.includes(name)).map(([, column]) => column.name);
  return {
    columns: columns.filter(([name]) => !options.exclude?.includes(name)).map(([, column]) => column),
    masked: new Set(masked),
  };
}

const isOptions = (value: unknown): value is AuditOptions => typeof value === 'object' && value !== null;

/** @throws HutchError `audit_missing` */
export function requireAudit(table: PgTable): AuditPlan {
  const plan = auditPlanOf(table);
  if (plan) return plan;
  throw new HutchError('audit_missing', { details: `"${shapeOf(table).label}" is not audited.` });
}
