import { describe, expect, test } from 'bun:test';
import { eq } from 'drizzle-orm';
import { history } from 'hutch';
import { githubInstallations, organizationMembers, organizations, users } from '../src/schema.ts';
import { ada, by, john, organizationsDatabase } from './database.ts';

const { app, db, driver } = organizationsDatabase();
const grace = { id: 'user_grace', email: 'grace@example.com', firstName: 'Grace', lastName: 'Hopper' };
const user = { ...grace, photoUrl: 'https://example.com/grace.jpg' };
const asGrace = { sub: 'user_grace', org_id: 'org_navy', org_role: 'org:admin' } as const;

describe('DO: Always Use req.tx', () => {
  test('a route’s writes are committed with its answer', async () => {
    const response = await app.request('/users', by(asGrace, 'POST', user));
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({ id: 'user_grace', deleted: false, isAdmin: false });
    expect(await db.$count(users, eq(users.id, 'user_grace'))).toBe(1);
  });

  test('whatever the handler did before it failed is rolled back, and the answer names what failed', async () => {
    await app.request('/users', by(asGrace, 'POST', user));
    const organization = { id: 'org_navy', name: 'Navy', plan: 'FREE', by: 'nobody' };
    const response = await app.request('/organizations', by(asGrace, 'POST', organization));
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ error: 'CREATE_ORGANIZATION_FAILED' });
    expect(await db.$count(organizations, eq(organizations.id, 'org_navy'))).toBe(0);
    const again = await app.request('/organizations', by(asGrace, 'POST', { ...organization, by: 'user_grace' }));
    expect(again.status).toBe(201);
  });

  test('of an installation with one repository that is taken, nothing stays', async () => {
    const repositories = [
      { id: '3001', name: 'acme/docs' },
      { id: '2001', name: 'acme/api' },
    ];
    const install = () =>
      app.request('/organizations/org_acme/installations', by(ada, 'POST', { id: '1002', repositories }));
    expect(await (await install()).json()).toMatchObject({ error: 'INSTALL_FAILED' });
    expect(await db.$count(githubInstallations, eq(githubInstallations.id, '1002'))).toBe(0);
    repositories.pop();
    expect(await (await install()).json()).toEqual({ id: '1002', repositories: 1 });
  });

  test('a fault of the server’s own, after the write: rolled back too', async () => {
    await driver.script(`create function fail() returns trigger language plpgsql as 'begin raise sqlstate $$XX000$$; end';
      create trigger fail after insert on users for each row execute function fail()`);
    const response = await app.request('/users', by(asGrace, 'POST', user));
    expect([response.status, await response.json()]).toEqual([500, { error: 'CREATE_USER_FAILED', message: 'failed' }]);
    expect(await db.$count(users)).toBe(2);
  });

  test('what does not fit is refused before anything is asked', async () => {
    const response = await app.request('/users', by(asGrace, 'POST', { id: 'user_grace' }));
    expect([response.status, await response.json()]).toEqual([400, { error: 'INVALID_USER' }]);
  });
});

describe('DO: Use Soft Deletes', () => {
  test('the flag and the date are set together, by whichever of the two', async () => {
    expect((await app.request('/users/user_john', by(john, 'DELETE'))).status).toBe(204);
    const row = () => db.query.users.findFirst({ where: { id: 'user_john' } });
    expect(await row()).toMatchObject({ deleted: true, deletedAt: expect.any(Date) });
    await db.update(users).set({ deleted: false }).where(eq(users.id, 'user_john'));
    expect(await row()).toMatchObject({ deleted: false, deletedAt: null });
  });

  test('nobody deletes somebody else', async () => {
    const response = await app.request('/users/user_ada', by(john, 'DELETE'));
    expect([response.status, await response.json()]).toEqual([404, { error: 'USER_NOT_FOUND' }]);
  });
});

describe('DO: Update Timestamps', () => {
  test('the database does, so no route can forget it', async () => {
    const before = await db.query.organizations.findFirst({ where: { id: 'org_acme' } });
    const response = await app.request('/organizations/org_acme', by(ada, 'PATCH', { name: 'New Name' }));
    expect(response.status).toBe(200);
    const after = await db.query.organizations.findFirst({ where: { id: 'org_acme' } });
    expect(after?.updatedAt.getTime()).toBeGreaterThan(before?.updatedAt.getTime() ?? 0);
    const [change] = await history(db, organizations, 'org_acme');
    expect(change).toMatchObject({ actor: 'user_ada', old: { name: 'Acme' }, new: { name: 'New Name' } });
  });
});

describe('DO: Use Type-Safe Queries', () => {
  test('an organization with its members, installations and repositories', async () => {
    const response = await app.request('/organizations/org_acme', by(john));
    expect(await response.json()).toMatchObject({
      name: 'Acme',
      members: [
        { role: 'admin', user: { firstName: 'Ada' } },
        { role: 'member', user: { firstName: 'John' } },
      ],
      githubInstallations: [{ id: '1001', repositories: [{ name: 'acme/api' }, { name: 'acme/web' }] }],
    });
  });

  test('another’s is not found', async () => {
    const response = await app.request('/organizations/org_acme', by(asGrace));
    expect([response.status, await response.json()]).toEqual([404, { error: 'ORGANIZATION_NOT_FOUND' }]);
  });

  test('members without those who were deleted', async () => {
    const members = async () => (await app.request('/organizations/org_acme/members', by(ada))).json();
    expect(await members()).toMatchObject([{ firstName: 'Ada' }, { firstName: 'John', role: 'member' }]);
    await app.request('/users/user_john', by(john, 'DELETE'));
    expect(await members()).toMatchObject([{ firstName: 'Ada', id: expect.stringMatching(/^org_mem_/) }]);
  });
});

test('members read, admins write', async () => {
  const response = await app.request('/organizations/org_acme', by(john, 'PATCH', { plan: 'ENTERPRISE' }));
  expect(response.status).toBe(404);
  expect(await db.$count(organizationMembers)).toBe(2);
});

test('nobody makes themselves an admin of the platform', async () => {
  const attempt = driver.batch([{ text: "update users set is_admin = true where id = 'user_john'" }], {
    actor: { role: 'authenticated', settings: { 'request.jwt.claims': JSON.stringify(john) } },
  });
  expect(await attempt.catch((error: unknown) => error)).toMatchObject({ code: '42501' });
});
