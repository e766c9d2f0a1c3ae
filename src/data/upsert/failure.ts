import { getTableColumns } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { HutchError } from '../../errors/index.ts';
import { postgresErrorOf } from '../sqlstate.ts';
import { notUnique } from './target.ts';

/** What Postgres says of a failure, under the names its drivers use: Hutch's in `fields`, postgres.js's and pg's beside. */
interface Said {
  readonly column?: string;
  readonly column_name?: string;
  readonly constraint?: string;
  readonly constraint_name?: string;
  readonly where?: string;
}

/** What a mistake in the rows or the target is called; anything else is handed on as it came. */
export function explained(error: unknown, table: PgTable): unknown {
  const cause = postgresErrorOf(error);
  if (!cause) return error;
  const said: Said = { ...own(cause), ...('fields' in cause ? own(cause.fields) : {}) };
  const constraint = said.constraint ?? said.constraint_name;
  switch (cause.code) {
    case '42P10':
      return notUnique(table, 'no unique index fits the target', null, error);
    case '21000':
      return new HutchError('row_duplicate', { details: 'Two rows meet the same existing row', cause: error });
    case '23505':
      return new HutchError('row_conflict', { field: constraint, details: `Constraint ${constraint}`, cause: error });
    default:
      return isValueError(cause.code) ? misfit(said, constraint, table, error) : error;
  }
}

const own = (value: unknown): Said => (typeof value === 'object' && value !== null ? { ...value } : {});

/** Data exceptions (22…), and constraints on a row's values: not null, check, foreign key, exclusion. */
const isValueError = (code: string): boolean =>
  code.startsWith('22') || code === '23502' || code === '23514' || code === '23503' || code === '23P01';

/** Postgres's own message may quote the value, so it stays in the cause. */
function misfit(said: Said, constraint: string | undefined, table: PgTable, cause: unknown): HutchError {
  const column = said.column ?? said.column_name ?? /column (\S+?)(?::|$)/m.exec(said.where ?? '')?.[1];
  const field = Object.entries(getTableColumns(table)).find(([, { name }]) => name === column)?.[0] ?? column;
  const part = field ? `Column ${field}` : constraint ? `Constraint ${constraint}` : null;
  return new HutchError('row_invalid_value', { field: field ?? constraint, details: part, cause });
}
