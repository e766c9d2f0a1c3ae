import { sql } from 'drizzle-orm';
import { index, jsonb, pgEnum, snakeCase, text, varchar } from 'drizzle-orm/pg-core';
import { claim } from '../../data/columns/claims.ts';
import { prefixedId } from '../../data/columns/prefixed-id.ts';
import { timestamps } from '../../data/columns/timestamps.ts';
import { softDelete } from '../../data/soft-delete/soft-delete.ts';
import { uniqueActive } from '../../data/soft-delete/unique-active.ts';
import { me, memberReads, publicReads, serviceDoesAll } from './policies.ts';
import { users } from './users.ts';

export const plan = pgEnum('plan', ['FREE', 'PRO', 'ENTERPRISE']);
export const memberRole = pgEnum('member_role', ['owner', 'admin', 'member']);

export interface OrganizationSettings {
  locale?: string;
  businessHours?: { from: string; to: string; timezone: string };
  features?: Record<string, boolean>;
}

export const organizations = snakeCase.table(
  'organizations',
  {
    id: prefixedId('org').primaryKey(),
    name: varchar({ length: 160 }).notNull(),
    slug: varchar({ length: 80 }).notNull(),
    plan: plan().notNull().default('FREE'),
    settings: jsonb().$type<OrganizationSettings>().notNull().default({}),
    ...softDelete({ flag: true }),
    ...timestamps(),
  },
  (t) => [
    uniqueActive('organizations_slug_active').on(t.slug),
    publicReads(sql`deleted_at is null`),
    memberReads(sql`true`),
    serviceDoesAll(),
  ],
);

export const members = snakeCase.table(
  'members',
  {
    id: prefixedId('mem').primaryKey(),
    organizationId: text()
      .notNull()
      .references(() => organizations.id, { onDelete: 'cascade' }),
    userId: text()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    role: memberRole().notNull().default('member'),
    ...softDelete(),
    ...timestamps(),
  },
  (t) => [
    uniqueActive('members_once').on(t.organizationId, t.userId),
    index('members_user_id').on(t.userId),
    // Never through `members` itself: a policy that reads its own table would not end.
    memberReads(sql`user_id = ${me} or organization_id = ${claim('org_id')}`),
    serviceDoesAll(),
  ],
);
