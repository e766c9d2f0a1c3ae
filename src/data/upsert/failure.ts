import { getTableColumns } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { HutchError } from '../../errors/index.ts';
import { postgresErrorOf } from '../sqlstate.ts';
import type { Shape } from './shape.ts';
import type { Cells } from './source.ts';
import { notUnique } from './target.ts';

/** What Postgres says of a failure, under the names its drivers use: Hutch's in `fields`, postgres.js's and pg's beside. */
interface Said {
  readonly column?: string;
  readonly column_name?: string;
  readonly constraint?: string;
  readonly constraint_name?: string;
  readonly where?: string;
  readonly detail?: string;
}

/** Rows by their shapes. */
type Sent = ReadonlyMap<Shape, readonly Cells[]>;

/** What a mistake in the rows or the target is called; anything else is handed on as it came. */
export function explained(error: unknown, table: PgTable, sent: Sent): unknown {
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
      if (!isValueError(cause.code)) return error;
      return misfit(
        { ...said, column: said.column ?? refusedColumn(cause.message, said, sent) },
        constraint,
        table,
        error,
      );
  }
}

const own = (value: unknown): Said => (typeof value === 'object' && value !== null ? { ...value } : {});

/** Data exceptions (22…), and constraints on a row's values: not null, check, foreign key, exclusion. */
const isValueError = (code: string): boolean =>
  code.startsWith('22') || code === '23502' || code === '23514' || code === '23503' || code === '23P01';

/**
 * Of a value that it can't read, Postgres tells the text and the type, and the column only in a COPY: it is the one that was given that text.
 * Undefined where it could be several.
 */
function refusedColumn(message: string, { detail }: Said, sent: Sent): string | undefined {
  const [, precision, scale] = /precision (\d+), scale (-?\d+)/.exec(detail ?? '') ?? [];
  const overflown = precision === undefined ? undefined : `numeric(${precision},${scale})`;
  const text = /"(.*)"/s.exec(message)?.[1];
  const found = [...sent].flatMap(([shape, rows]) =>
    shape.columns.filter(({ column }, index) => {
      const type = column.getSQLType().replaceAll(', ', ',');
      if (text === undefined) return type === overflown;
      const isMeant = / type | enum /.test(message) ? message.includes(type.replace(/[([].*/, '')) : type !== 'text';
      return isMeant && rows.some(({ cells }) => cells[index] === text);
    }),
  );
  const names = new Set(found.map(({ name }) => name));
  return names.size === 1 ? found[0]?.name : undefined;
}

/** Postgres's own message may quote the value, so it stays in the cause. */
function misfit(said: Said, constraint: string | undefined, table: PgTable, cause: unknown): HutchError {
  const column = said.column ?? said.column_name ?? /column (\S+?)(?::|$)/m.exec(said.where ?? '')?.[1];
  const field = Object.entries(getTableColumns(table)).find(([, { name }]) => name === column)?.[0] ?? column;
  const part = field ? `Column ${field}` : constraint ? `Constraint ${constraint}` : null;
  return new HutchError('row_invalid_value', { field: field ?? constraint, details: part, cause });
}
