import { describe, expect, test } from 'bun:test';
import { and, eq, ne, sql } from 'drizzle-orm';
import { active, idTime, newId, purge, restore, softDelete, withDeleted } from 'hutch';
import {
  githubInstallationRepositories,
  githubInstallations,
  organizationMembers,
  organizations,
  users,
} from '../src/schema.ts';
import { organizationsDatabase } from './database.ts';

const { db, driver } = organizationsDatabase();
const orgId = 'org_acme';
const userId = 'user_john';
const newUser = {
  id: 'usr_123',
  email: 'user@example.com',
  firstName: 'John',
  lastName: 'Doe',
  photoUrl: 'https://example.com/photo.jpg',
  isAdmin: false,
};

describe('Schema Definition', () => {
  test('the five tables have the columns of the document', async () => {
    const rows = await db.execute<{ name: string; columns: string }>(
      sql`select table_name as name, string_agg(column_name, ' ' order by ordinal_position) as columns
        from information_schema.columns where table_schema = 'public' group by 1 order by 1`,
    );
    expect(Object.fromEntries(rows.map((it) => [it.name, it.columns]))).toEqual({
      github_installation_repositories: 'id installation_id name created_at updated_at',
      github_installations: 'id organization_id created_at updated_at',
      organization_members: 'id organization_id user_id role created_at updated_at',
      organizations: 'id company plan deleted deleted_at created_at updated_at',
      users: 'id email is_admin first_name last_name photo_url deleted deleted_at created_at updated_at',
    });
  });

  test('Entity-Relationship Diagram: the keys lead where its arrows do', async () => {
    const rows = await db.execute<{ key: string }>(
      sql`select conrelid::regclass || ' → ' || confrelid::regclass as key from pg_constraint
        where contype = 'f' and connamespace = 'public'::regnamespace order by 1`,
    );
    expect(rows.map((it) => it.key)).toEqual([
      'github_installation_repositories → github_installations',
      'github_installations → organizations',
      'organization_members → organizations',
      'organization_members → users',
    ]);
  });

  test('Organization Members: short ids with a prefix, in code and in psql alike, in the order they were made', async () => {
    await driver.script(`insert into users (id, email, first_name, last_name, photo_url) values ('user_eve', 'e', 'E', 'E', '');
      insert into organization_members (organization_id, user_id, role) values ('org_acme', 'user_eve', 'member')`);
    const members = await db.select().from(organizationMembers).orderBy(organizationMembers.id);
    expect(members.map((it) => it.userId)).toEqual(['user_ada', 'user_john', 'user_eve']);
    for (const { id } of members) expect(id).toMatch(/^org_mem_[0-9a-f]{24}$/);
    expect(idTime(newId('org_mem'))?.getTime()).toBeCloseTo(Date.now(), -5);
  });

  test('a plan that there is not is refused by the database, and by the compiler', async () => {
    // @ts-expect-error FREE, PRO or ENTERPRISE
    const attempt = db.insert(organizations).values({ id: 'org_2', name: 'Two', plan: 'PREMIUM' });
    expect(await attempt.catch((error: unknown) => error)).toMatchObject({ cause: { code: '22P02' } });
  });
});

describe('Drizzle Relations', () => {
  test('from a user to organizations through members', async () => {
    const user = await db.query.users.findFirst({
      where: { id: userId },
      with: { organizations: { with: { organization: { columns: { name: true } } } } },
    });
    expect(user?.organizations.map((it) => it.organization.name)).toEqual(['Acme']);
  });

  test('from a repository to its organization', async () => {
    const repository = await db.query.githubInstallationRepositories.findFirst({
      where: { id: '2001' },
      with: { installation: { with: { organization: true } } },
    });
    expect(repository?.installation.organization.plan).toBe('PRO');
  });
});

describe('Basic CRUD Operations', () => {
  test('Insert', async () => {
    const [user] = await db.insert(users).values(newUser).returning();
    expect(user).toMatchObject({ ...newUser, deleted: false, deletedAt: null });
  });

  test('Select', async () => {
    const [user] = await db.select().from(users).where(eq(users.id, userId)).limit(1);
    const name: string | undefined = user?.firstName;
    expect(name).toBe('John');
    const [nobody] = await db.select().from(users).where(eq(users.id, 'user_0')).limit(1);
    expect(nobody).toBeUndefined();
  });

  test('Update: updatedAt moves by itself, for psql too', async () => {
    const [updated] = await db.update(users).set({ firstName: 'Jane' }).where(eq(users.id, userId)).returning();
    expect(updated?.updatedAt.getTime()).toBeGreaterThan(updated?.createdAt.getTime() ?? 0);
    await driver.script(`update users set first_name = 'Joan', updated_at = '2000-01-01' where id = 'user_john'`);
    const [after] = await db.select().from(users).where(eq(users.id, userId));
    // a fast machine does both within a millisecond
    expect(after?.updatedAt.getTime()).toBeGreaterThanOrEqual(updated?.updatedAt.getTime() ?? 0);
  });

  test('Soft Delete', async () => {
    expect(await softDelete(db, users, userId)).toMatchObject([{ id: userId, deleted: true }]);
    expect(await db.$count(users, eq(users.deleted, false))).toBe(1);
  });

  test('Soft Delete as it was written: the date may be left to the database', async () => {
    await db.update(users).set({ deleted: true }).where(eq(users.id, userId));
    const [user] = await db
      .select()
      .from(users)
      .where(withDeleted(users, eq(users.id, userId)));
    expect(user?.deletedAt).toBeInstanceOf(Date);
    await restore(db, users, userId);
    expect(await db.$count(users, active(users))).toBe(2);
  });
});

describe('DON’T: Hard Delete', () => {
  test('nobody can by accident: DELETE is soft, from psql too; purge is the way, after a time', async () => {
    await db.delete(organizationMembers).where(eq(organizationMembers.userId, userId));
    await db.delete(users).where(eq(users.id, userId));
    expect(await db.$count(users)).toBe(2);
    expect(await purge(db, users, { olderThan: '30 days' })).toBe(0);
    await db
      .update(users)
      .set({ deletedAt: new Date('2024-01-01') })
      .where(eq(users.id, userId));
    expect(await purge(db, users, { olderThan: '30 days' })).toBe(1);
    expect(await db.$count(users)).toBe(1);
  });

  test('an organization that was deleted takes no new members', async () => {
    await db.insert(users).values(newUser);
    await softDelete(db, organizations, orgId);
    const attempt = db.insert(organizationMembers).values({ organizationId: orgId, userId: 'usr_123', role: 'member' });
    expect(await attempt.catch((error: unknown) => error)).toMatchObject({ cause: { code: '23503' } });
  });
});

describe('DON’T: Use Raw SQL', () => {
  test('input is a parameter either way, never part of the text', async () => {
    const email = "x'); drop table users; --";
    await db.insert(users).values({ ...newUser, email });
    const raw = await db.execute<{ id: string }>(sql`select id from users where email = ${email}`);
    expect([...raw]).toEqual([{ id: 'usr_123' }]);
  });
});

describe('Joins and Relations', () => {
  test('Left Join', async () => {
    const results = await db
      .select()
      .from(organizationMembers)
      .leftJoin(users, eq(organizationMembers.userId, users.id))
      .where(eq(organizationMembers.organizationId, orgId));
    const members = results.map(({ organization_members, users }) => ({ ...users, ...organization_members }));
    expect(members).toMatchObject([{ email: 'ada@example.com', role: 'admin' }, { email: 'john@example.com' }]);
  });

  test('Inner Join', async () => {
    const results = await db
      .select()
      .from(githubInstallationRepositories)
      .innerJoin(githubInstallations, eq(githubInstallationRepositories.installationId, githubInstallations.id))
      .where(eq(githubInstallations.organizationId, orgId));
    expect(results.map((it) => it.github_installation_repositories.name)).toEqual(['acme/api', 'acme/web']);
  });
});

describe('Complex Queries', () => {
  test('Multiple Conditions', async () => {
    await softDelete(db, users, userId);
    const activeMembers = await db
      .select()
      .from(organizationMembers)
      .leftJoin(users, eq(organizationMembers.userId, users.id))
      .where(
        and(
          eq(organizationMembers.organizationId, orgId),
          eq(users.deleted, false), // Only active users
          ne(organizationMembers.role, 'member'),
        ),
      );
    expect(activeMembers.map((it) => it.users?.id)).toEqual(['user_ada']);
  });

  test('Conditional Soft Delete Check', async () => {
    const find = (organizationId: string) =>
      db
        .select()
        .from(githubInstallationRepositories)
        .innerJoin(githubInstallations, eq(githubInstallationRepositories.installationId, githubInstallations.id))
        .innerJoin(organizations, eq(githubInstallations.organizationId, organizations.id))
        .where(
          active(
            organizations,
            eq(githubInstallationRepositories.id, '2001'),
            eq(githubInstallations.organizationId, organizationId),
          ),
        )
        .limit(1);
    expect(await find(orgId)).toHaveLength(1);
    expect(await find('org_other')).toHaveLength(0);
    await softDelete(db, organizations, orgId);
    expect(await find(orgId)).toHaveLength(0);
  });
});
