import { boolean, jsonb, snakeCase, text } from 'drizzle-orm/pg-core';
import { prefixedId, softDelete, timestamps } from 'hutch';

/** Save this file while `bun dev` runs, and the change is in the database and in the API. */
export const notes = snakeCase.table('notes', {
  id: prefixedId('note').primaryKey(),
  title: text().notNull(),
  body: text().notNull().default(''),
  pinned: boolean().notNull().default(false),
  labels: jsonb().$type<readonly string[]>().notNull().default([]),
  ...softDelete(),
  ...timestamps(),
});
