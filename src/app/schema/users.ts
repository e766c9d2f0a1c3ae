import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgPolicy, snakeCase, text, unique, varchar } from 'drizzle-orm/pg-core';
import { authenticatedRole } from 'drizzle-orm/supabase';
import { audited } from '../../data/audit/audited.ts';
import { prefixedId } from '../../data/columns/prefixed-id.ts';
import { timestamps } from '../../data/columns/timestamps.ts';
import { softDelete } from '../../data/soft-delete/soft-delete.ts';
import { uniqueActive } from '../../data/soft-delete/unique-active.ts';
import { me, memberReads, publicReads, serviceDoesAll } from './policies.ts';

export const users = audited(
  snakeCase.table(
    'users',
    {
      id: prefixedId('usr').primaryKey(),
      /** The id at the identity provider (Clerk, Auth0, …) that signs this person in. */
      externalId: text().unique(),
      email: varchar({ length: 256 }).notNull(),
      name: varchar({ length: 120 }).notNull(),
      phone: varchar({ length: 30 }),
      photoUrl: text(),
      /** Works on tickets, and is shown to the public as their assignee. */
      isStaff: boolean().notNull().default(false),
      ...softDelete({ flag: true }),
      ...timestamps(),
    },
    (t) => [
      uniqueActive('users_email_active').on(t.email),
      publicReads(sql`is_staff and deleted_at is null`),
      memberReads(sql`is_staff or id = ${me} or id in (select user_id from members)`),
      serviceDoesAll(),
    ],
  ),
  { mask: ['email', 'phone'] },
);

export const roles = snakeCase.table(
  'roles',
  {
    id: integer().primaryKey().generatedByDefaultAsIdentity(),
    name: varchar({ length: 64 }).notNull().unique(),
    description: text(),
    ...timestamps(),
  },
  () => [memberReads(sql`true`), serviceDoesAll()],
);

/** A role may hold everywhere, in a domain (a category of things), or in one scope of it. */
export const userRoles = snakeCase.table(
  'user_roles',
  {
    id: integer().primaryKey().generatedByDefaultAsIdentity(),
    userId: text()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    roleId: integer()
      .notNull()
      .references(() => roles.id, { onDelete: 'cascade' }),
    domain: varchar({ length: 64 }),
    scope: varchar({ length: 128 }),
    ...timestamps(),
  },
  (t) => [
    unique('user_roles_once').on(t.userId, t.roleId, t.domain, t.scope).nullsNotDistinct(),
    index('user_roles_role_id').on(t.roleId),
    memberReads(sql`user_id = ${me}`),
    serviceDoesAll(),
  ],
);

export interface NotificationPreferences {
  theme?: 'light' | 'dark';
  digest?: 'never' | 'daily' | 'weekly';
  quietHours?: { from: string; to: string };
  channels?: Record<string, boolean>;
}

export const notificationSettings = snakeCase.table(
  'notification_settings',
  {
    id: integer().primaryKey().generatedByDefaultAsIdentity(),
    userId: text()
      .notNull()
      .unique()
      .references(() => users.id, { onDelete: 'cascade' }),
    emailEnabled: boolean().notNull().default(true),
    slackEnabled: boolean().notNull().default(true),
    preferences: jsonb().$type<NotificationPreferences>().notNull().default({}),
    ...timestamps(),
  },
  () => [
    pgPolicy('own_settings', {
      for: 'all',
      to: authenticatedRole,
      using: sql`user_id = ${me}`,
      withCheck: sql`user_id = ${me}`,
    }),
    serviceDoesAll(),
  ],
);
