import { boolean, timestamp } from 'drizzle-orm/pg-core';
import { marked } from './mark.ts';

/** The column of a table whose rows are deleted softly: `deleted_at timestamptz`, null while the row lives. */
export function deletedAtColumn() {
  return {
    deletedAt: marked(timestamp('deleted_at', { withTimezone: true }), { kind: 'deletedAt' }),
  };
}

/** The same with `deleted boolean not null default false` beside it; the database keeps the two in step. */
export function deletedColumns() {
  return {
    deleted: marked(boolean('deleted').notNull().default(false), { kind: 'deleted' }),
    ...deletedAtColumn(),
  };
}
