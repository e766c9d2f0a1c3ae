import { timestamp } from 'drizzle-orm/pg-core';
import { marked } from './mark.ts';

/**
 * `created_at` and `updated_at`, both `timestamptz not null default now()`. The database itself moves `updated_at` on
 * every update that changes something, by a trigger (see `objectsOf`), so raw SQL, psql and the HTTP API keep it too; a
 * value that a client sends for it is replaced.
 *
 * @example
 * const notes = snakeCase.table('notes', { id: integer().primaryKey(), body: text(), ...timestamps() });
 */
export function timestamps() {
  return {
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    updatedAt: marked(timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(), { kind: 'updatedAt' }),
  };
}
