import { sql } from 'drizzle-orm';
import { boolean, index, integer, snakeCase, text, timestamp, unique, varchar } from 'drizzle-orm/pg-core';
import { timestamps } from 'hutch';
import { changes, myId, mySub, reads, serverDoesAll, type Tool } from './policies.ts';

const id = () => integer().primaryKey().generatedByDefaultAsIdentity();

export const users = snakeCase.table(
  'users',
  {
    id: id(),
    cognitoSub: varchar({ length: 255 }).notNull().unique('users_cognito_sub_idx'),
    email: varchar({ length: 255 }).notNull(),
    firstName: varchar({ length: 255 }),
    lastName: varchar({ length: 255 }),
    lastSignInAt: timestamp({ withTimezone: true }),
    ...timestamps(),
  },
  (table) => [
    index('users_email_idx').on(table.email),
    reads(sql`true`),
    changes(sql`cognito_sub = ${mySub}`),
    serverDoesAll(),
  ],
);

export const roles = snakeCase.table(
  'roles',
  {
    id: id(),
    name: varchar({ length: 100 }).notNull().unique(),
    description: text(),
    isSystem: boolean().default(false).notNull(),
    createdAt: timestamp({ withTimezone: true }).defaultNow().notNull(),
  },
  () => [reads(sql`true`), serverDoesAll()],
);

export const userRoles = snakeCase.table(
  'user_roles',
  {
    id: id(),
    userId: integer()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    roleId: integer()
      .notNull()
      .references(() => roles.id),
    ...timestamps(),
  },
  (table) => [unique('user_roles_once').on(table.userId, table.roleId), reads(sql`user_id = ${myId}`), serverDoesAll()],
);

/** Which tools a role opens. */
export const roleTools = snakeCase.table(
  'role_tools',
  {
    id: id(),
    roleId: integer()
      .notNull()
      .references(() => roles.id, { onDelete: 'cascade' }),
    tool: varchar({ length: 100 }).$type<Tool>().notNull(),
  },
  (table) => [unique('role_tools_once').on(table.roleId, table.tool), reads(sql`true`), serverDoesAll()],
);
