import { sql } from 'drizzle-orm';
import { index, snakeCase, text, timestamp } from 'drizzle-orm/pg-core';
import { prefixedId, softDelete, timestamps } from 'hutch';
import { me, own } from './policies.ts';
import { users } from './users.ts';

export const sessions = snakeCase.table(
  'claude_code_sessions',
  {
    id: prefixedId('ses').primaryKey(),
    userId: text()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    title: text().notNull(),
    lastActiveAt: timestamp({ withTimezone: true }).defaultNow().notNull(),
    ...softDelete(),
    ...timestamps(),
  },
  (table) => [index('idx_sessions_user').on(table.userId, table.createdAt), ...own(sql`user_id = ${me}`)],
);

export const prompts = snakeCase.table(
  'claude_code_prompts',
  {
    id: prefixedId('prm').primaryKey(),
    sessionId: text()
      .notNull()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    userId: text()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    content: text().notNull(),
    ...softDelete(),
    ...timestamps(),
  },
  (table) => [index('idx_prompts_session').on(table.sessionId), ...own(sql`user_id = ${me}`)],
);

export type Session = typeof sessions.$inferSelect;
export type Prompt = typeof prompts.$inferSelect;
