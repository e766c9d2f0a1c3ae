import { sql } from 'drizzle-orm';
import { jsonb, pgPolicy, snakeCase, text, timestamp } from 'drizzle-orm/pg-core';
import { authenticatedRole } from 'drizzle-orm/supabase';
import { audited, json, jsonPathIndex, prefixedId, softDelete, timestamps, uniqueActive } from 'hutch';
import { me, serverDoesAll } from './policies.ts';

export interface UserMetadata {
  preferences?: { theme?: 'dark' | 'light'; language?: string; notifications?: Record<string, boolean> };
  lastDevice?: string;
}

/** Every change is recorded, by whomever and from wherever; of addresses and tokens only that they changed. */
export const users = audited(
  snakeCase.table(
    'claude_code_users',
    {
      id: prefixedId('user').primaryKey(),
      email: text().notNull(),
      name: text(),
      metadata: jsonb().$type<UserMetadata>(),
      refreshToken: text(),
      lastLoginAt: timestamp({ withTimezone: true }).defaultNow().notNull(),
      ...softDelete(),
      ...timestamps(),
    },
    (table) => [
      // Unique among living users, found by it, and a target for upserts: one index for all three.
      uniqueActive('idx_users_email').on(table.email),
      jsonPathIndex('idx_users_theme', json(table.metadata).at('preferences', 'theme')),
      pgPolicy('own_row', { for: 'select', to: authenticatedRole, using: sql`id = ${me}` }),
      pgPolicy('own_changes', {
        for: 'update',
        to: authenticatedRole,
        using: sql`id = ${me}`,
        withCheck: sql`id = ${me}`,
      }),
      serverDoesAll(),
    ],
  ),
  { mask: ['email', 'refreshToken'] },
);

export type User = typeof users.$inferSelect;
export type NewUser = typeof users.$inferInsert;
