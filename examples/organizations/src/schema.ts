import { defineRelations, sql } from 'drizzle-orm';
import { boolean, index, pgEnum, snakeCase, text, unique } from 'drizzle-orm/pg-core';
import { audited, prefixedId, softDelete, timestamps, uniqueActive } from 'hutch';
import { changes, creates, me, myOrganization, ofOrganization, reads, serverDoesAll } from './policies.ts';

export const plan = pgEnum('plan', ['FREE', 'PRO', 'ENTERPRISE']);
export const memberRole = pgEnum('member_role', ['admin', 'member']);

export const users = audited(
  snakeCase.table(
    'users',
    {
      id: text().primaryKey(), // Clerk user ID
      email: text().notNull(),
      isAdmin: boolean().notNull().default(false),
      firstName: text().notNull(),
      lastName: text().notNull(),
      photoUrl: text().notNull(),
      ...softDelete({ flag: true }),
      ...timestamps(),
    },
    (t) => [
      uniqueActive('users_email_active').on(t.email),
      reads(
        sql`id = ${me} or id in (select user_id from organization_members where organization_id = ${myOrganization})`,
      ),
      creates(sql`id = ${me} and not is_admin`),
      changes(sql`id = ${me} and not is_admin`),
      serverDoesAll(),
    ],
  ),
  { mask: ['email'] },
);

export const organizations = audited(
  snakeCase.table(
    'organizations',
    {
      id: text().primaryKey(), // Clerk organization ID
      name: text('company').notNull(),
      plan: plan().notNull(),
      ...softDelete({ flag: true }),
      ...timestamps(),
    },
    () => ofOrganization(sql`id = ${myOrganization}`),
  ),
);

export const organizationMembers = snakeCase.table(
  'organization_members',
  {
    id: prefixedId('org_mem').primaryKey(),
    organizationId: text()
      .notNull()
      .references(() => organizations.id),
    userId: text()
      .notNull()
      .references(() => users.id),
    role: memberRole().notNull(),
    ...timestamps(),
  },
  (t) => [
    unique('organization_members_once').on(t.organizationId, t.userId),
    index('organization_members_user').on(t.userId),
    ...ofOrganization(sql`organization_id = ${myOrganization}`),
  ],
);

export const githubInstallations = snakeCase.table(
  'github_installations',
  {
    id: text().primaryKey(), // GitHub installation ID
    organizationId: text()
      .notNull()
      .references(() => organizations.id),
    ...timestamps(),
  },
  (t) => [
    index('github_installations_organization').on(t.organizationId),
    ...ofOrganization(sql`organization_id = ${myOrganization}`),
  ],
);

export const githubInstallationRepositories = snakeCase.table(
  'github_installation_repositories',
  {
    id: text().primaryKey(), // GitHub repository ID
    installationId: text()
      .notNull()
      .references(() => githubInstallations.id),
    name: text().notNull(),
    ...timestamps(),
  },
  (t) => [
    index('github_installation_repositories_installation').on(t.installationId),
    // The installations' own policies decide which of them are seen.
    ...ofOrganization(sql`installation_id in (select id from github_installations)`),
  ],
);

const tables = { users, organizations, organizationMembers, githubInstallations, githubInstallationRepositories };

export const relations = defineRelations(tables, (r) => ({
  users: { organizations: r.many.organizationMembers() },
  organizations: {
    members: r.many.organizationMembers(),
    githubInstallations: r.many.githubInstallations(),
  },
  organizationMembers: {
    organization: r.one.organizations({
      from: r.organizationMembers.organizationId,
      to: r.organizations.id,
      optional: false,
    }),
    user: r.one.users({ from: r.organizationMembers.userId, to: r.users.id, optional: false }),
  },
  githubInstallations: {
    organization: r.one.organizations({
      from: r.githubInstallations.organizationId,
      to: r.organizations.id,
      optional: false,
    }),
    repositories: r.many.githubInstallationRepositories(),
  },
  githubInstallationRepositories: {
    installation: r.one.githubInstallations({
      from: r.githubInstallationRepositories.installationId,
      to: r.githubInstallations.id,
      optional: false,
    }),
  },
}));
