import { and, eq, getTableColumns, gt, gte, ilike, inArray, lt, lte, ne, type SQL } from 'drizzle-orm';
import { getTableConfig, type PgColumn, type PgTable } from 'drizzle-orm/pg-core';
import { didYouMean, HutchError, type Page, page } from 'hutch';
import type { Db, Transaction } from './db.ts';
import { attendances, parsedFeedback } from './schema/attendance.ts';
import { classSessions, courses, enrollments } from './schema/courses.ts';
import { students, users } from './schema/people.ts';

/** What may be asked for, by its name in the database. */
const TABLES: ReadonlyMap<string, PgTable> = new Map(
  [users, students, courses, enrollments, classSessions, attendances, parsedFeedback].map((table) => [
    getTableConfig(table).name,
    table,
  ]),
);

const OPERATORS = {
  '=': eq,
  '<>': ne,
  '<': lt,
  '<=': lte,
  '>': gt,
  '>=': gte,
  LIKE: (column: PgColumn, value: unknown) => ilike(column, String(value)),
  IN: (column: PgColumn, value: unknown) => inArray(column, Array.isArray(value) ? value : [value]),
} satisfies Record<string, (column: PgColumn, value: unknown) => SQL>;

export const operators = ['=', '<>', '<', '<=', '>', '>=', 'LIKE', 'IN'] as const satisfies (keyof typeof OPERATORS)[];

export interface Filter {
  readonly column: string;
  readonly operator: (typeof operators)[number];
  readonly value: unknown;
}

export interface FindOptions {
  readonly orderBy?: string;
  readonly orderDirection?: 'ASC' | 'DESC';
  readonly limit?: number;
  /** A page's `next`. */
  readonly after?: string;
}

/**
 * Rows by names that come from outside (a saved report, a form): only tables and columns of the schema, values only as
 * parameters. Over HTTP the same is `GET /rest/v1/students?grade_level=gte.Grade 7&status=in.(active,enrolled)`.
 *
 * @throws HutchError with the nearest right name
 */
export function findMany(
  db: Db | Transaction,
  tableName: string,
  filters: readonly Filter[],
  { orderBy, orderDirection = 'ASC', limit = 20, after }: FindOptions = {},
): Promise<Page<Record<string, unknown>>> {
  const table = TABLES.get(tableName);
  if (!table) throw unknownName('table', tableName, [...TABLES.keys()]);
  const where = and(...filters.map((it) => OPERATORS[it.operator](columnOf(table, it.column), it.value)));
  const by = orderBy === undefined ? undefined : columnOf(table, orderBy);
  const order = by && (orderDirection === 'DESC' ? { desc: by } : by);
  return page(db, table, { where, limit, after, ...(order && { order }) });
}

function columnOf(table: PgTable, name: string): PgColumn {
  const columns = Object.values(getTableColumns(table));
  const found = columns.find((column) => column.name === name);
  if (found) return found;
  throw unknownName(
    'column',
    name,
    columns.map((column) => column.name),
  );
}

function unknownName(kind: 'table' | 'column', name: string, names: readonly string[]): HutchError {
  return new HutchError('row_unknown_column', {
    message: `There is no such ${kind}`,
    details: `The ${kind} was '${name}'.`,
    hint: didYouMean(name, names),
    field: name,
  });
}
