/** Each example served by `hutch dev`, and asked over HTTP as its own clients would. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { engines, freshDatabase, postgresUrl, withDatabase } from '../../src/db/test/engines.ts';
import { Copy, type Request } from './served.ts';

const ACME_ADMIN = { sub: 'user_ada', org_id: 'org_acme', org_role: 'org:admin' };

/** Milliseconds for a start: on a busy machine it takes seconds. */
const PATIENCE = 60_000;

/** Starts a copy for the tests of the `describe` it is called in, and gives what asks it. */
function served(name: string) {
  let copy: Copy | undefined;
  let server: Awaited<ReturnType<Copy['dev']>> | undefined;
  beforeAll(async () => {
    copy = Copy.of(name).linked();
    server = await copy.dev();
  }, PATIENCE);
  afterAll(() => copy?.[Symbol.asyncDispose]());
  return async (path: string, request?: Request) => {
    const response = await server?.ask(path, request);
    return { status: response?.status, body: await response?.json().catch(() => null) };
  };
}

describe('assistant', () => {
  const ask = served('assistant');
  const ada = { sub: 'user_1' };

  test('is migrated and seeded, live and ready', async () => {
    expect(await ask('/ready')).toEqual({ status: 200, body: { status: 'ready' } });
    const { body } = await ask('/rest/v1/claude_code_prompts?select=content,session:claude_code_sessions(title)', {
      claims: ada,
    });
    expect(body).toEqual([{ content: 'Welcome to Claude Code!', session: { title: 'Welcome Session' } }]);
  });

  test('Database Studio: a page of its own, with nothing to install', async () => {
    expect((await ask('/studio')).status).toBe(200);
  });

  test('policies are those of the schema, over the API and in routes alike', async () => {
    expect((await ask('/rest/v1/claude_code_users')).status).toBe(401);
    expect((await ask('/rest/v1/claude_code_users?select=id', { claims: ada })).body).toEqual([{ id: 'user_1' }]);
    expect((await ask('/me', { claims: ada })).body).toMatchObject({ email: 'ada@company.com', sessions: [{}] });
    expect(await ask('/me')).toEqual({ status: 401, body: { error: 'SIGN_IN_FIRST' } });
  });

  test('a refresh token is worth one use, also of many at once', async () => {
    const { body } = await ask('/sign-in', { body: { email: 'new@company.com' } });
    const { id: userId, refreshToken } = Object(body);
    const attempts = await Promise.all(
      Array.from({ length: 8 }, () => ask('/token', { body: { userId, refreshToken } })),
    );
    expect(attempts.map((it) => it.status).toSorted()).toEqual([200, 401, 401, 401, 401, 401, 401, 401]);
  });

  test('JSON is filtered by its paths, and merged', async () => {
    const patched = await ask('/me/preferences', { claims: ada, body: { language: 'en' }, method: 'PATCH' });
    expect(patched.body).toEqual({ theme: 'dark', language: 'en' });
    const found = await ask('/rest/v1/claude_code_users?metadata->preferences->>theme=eq.dark&select=id', {
      claims: ada,
    });
    expect(found.body).toEqual([{ id: 'user_1' }]);
  });

  test('a user of a session that is not there is refused as the API refuses it', async () => {
    const body = { user_id: 'user_1', session_id: 'ses_0', content: 'x' };
    expect(await ask('/rest/v1/claude_code_prompts', { claims: ada, body })).toMatchObject({
      status: 409,
      body: { code: '23503' },
    });
  });

  test('deleted softly, over the API too: the account’s sessions are gone from every list', async () => {
    expect((await ask('/me', { claims: ada, method: 'DELETE' })).status).toBe(204);
    expect((await ask('/rest/v1/claude_code_sessions', { claims: ada })).body).toEqual([]);
  });
});

describe('organizations', () => {
  const ask = served('organizations');
  const ada = ACME_ADMIN;
  const grace = { sub: 'user_grace', org_id: 'org_navy', org_role: 'org:admin' };
  const user = { id: 'user_grace', email: 'grace@example.com', firstName: 'Grace', lastName: 'Hopper' };
  const body = { ...user, photoUrl: 'https://example.com/grace.jpg' };

  test('a user is created once; the second time says which rule stood against it', async () => {
    expect((await ask('/users', { claims: grace, body })).status).toBe(201);
    expect(await ask('/users', { claims: grace, body })).toMatchObject({
      status: 409,
      body: { error: 'CREATE_USER_FAILED', code: '23505' },
    });
  });

  test('one in another’s name is refused by the policy', async () => {
    const refused = { status: 403, body: { error: 'CREATE_USER_FAILED', code: '42501' } };
    expect(await ask('/users', { claims: grace, body: { ...body, id: 'user_eve' } })).toMatchObject(refused);
  });

  test('a stranger is asked to sign in', async () => {
    expect(await ask('/users', { body })).toMatchObject({ status: 401, body: { code: '42501' } });
  });

  test('an installation that fails half way leaves nothing', async () => {
    const repositories = [
      { id: '3001', name: 'new' },
      { id: '2001', name: 'taken' },
    ];
    const response = await ask('/organizations/org_acme/installations', {
      claims: ada,
      body: { id: '1009', repositories },
    });
    expect(response).toMatchObject({ status: 409, body: { error: 'INSTALL_FAILED' } });
    expect((await ask('/rest/v1/github_installations?select=id', { claims: ada })).body).toEqual([{ id: '1001' }]);
  });

  test('an organization is embedded with what belongs to it', async () => {
    const query =
      'select=company,organization_members(role),github_installations(github_installation_repositories(name))';
    expect((await ask(`/rest/v1/organizations?${query}`, { claims: ada })).body).toMatchObject([
      { company: 'Acme', organization_members: [{ role: 'admin' }, { role: 'member' }], github_installations: [{}] },
    ]);
    expect((await ask(`/rest/v1/organizations?${query}`, { claims: grace })).body).toEqual([]);
  });
});

const postgres = engines().find((it) => it.name === 'postgres');
const reason = postgres?.unavailable;

describe.skipIf(reason !== undefined)(
  `organizations on a real Postgres ${reason ? `(skipped: ${reason})` : ''}`,
  () => {
    test(
      'Connection pool exhausted: who waits too long is told, the server lives on, and then all is well again',
      async () => {
        if (!postgres) return;
        await using database = await freshDatabase(postgres);
        const { rows } = await database.query({ text: 'select current_database()' });
        const url = withDatabase(await postgresUrl(), rows[0]?.[0] ?? '');
        await using copy = Copy.of('organizations').linked();
        const env = { DATABASE_URL: url, HUTCH_POOL_SIZE: '2', HUTCH_POOL_TIMEOUT: '500ms' };
        const server = await copy.dev(undefined, env);
        const rename = (name: string) =>
          server.ask('/organizations/org_acme', { claims: ACME_ADMIN, body: { name }, method: 'PATCH' });
        const stuck = await database.transaction(async (tx) => {
          await tx.query({ text: "select from organizations where id = 'org_acme' for update" });
          // Two wait for the row, each with a connection; the others wait for a connection.
          const requests = Array.from({ length: 10 }, (_, i) => rename(`Acme ${i}`));
          await answered(requests, 8);
          expect((await server.ask('/live')).status).toBe(200);
          return requests;
        });
        const statuses = (await Promise.all(stuck)).map((it) => it.status).toSorted();
        expect(statuses).toEqual([200, 200, 504, 504, 504, 504, 504, 504, 504, 504]);
        expect((await rename('Acme')).status).toBe(200);
        expect((await server.ask('/ready')).status).toBe(200);
      },
      PATIENCE,
    );
  },
);

/** Resolves once so many of them have. */
function answered(requests: readonly Promise<unknown>[], count: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let missing = count;
  const one = () => --missing === 0 && resolve();
  for (const request of requests) void request.then(one);
  return promise;
}

describe('interventions', () => {
  const ask = served('interventions');
  const ana = { sub: 'sub-ana' };
  const teacher = { sub: 'sub-dan' };

  test('deep embedding, picked columns', async () => {
    const query =
      'select=last_name,school:schools(name),interventions(title,creator:users(first_name),intervention_sessions(progress_notes))&id=eq.1';
    expect((await ask(`/rest/v1/students?${query}`, { claims: ana })).body).toMatchObject([
      { last_name: 'Stone', school: { name: 'Riverside Elementary' }, interventions: [{}, {}] },
    ]);
  });

  test('session, tool and ownership, by one and the same policies', async () => {
    expect((await ask('/rest/v1/interventions')).status).toBe(401);
    expect((await ask('/rest/v1/interventions', { claims: teacher })).body).toEqual([]);
    expect((await ask('/interventions/2', { claims: ana, method: 'DELETE' })).body).toEqual({
      error: 'AUTH_NOT_OWNER',
    });
    expect((await ask('/interventions/1', { claims: ana, method: 'DELETE' })).status).toBe(204);
  });

  test('a fault of a route’s own is a bare 500; a refusal says what it is', async () => {
    const body = { studentId: 1, type: 'other', title: 'x', startDate: '2026-01-01' };
    expect(await ask('/interventions', { claims: teacher, body })).toMatchObject({
      status: 403,
      body: { code: '42501' },
    });
    expect(await ask('/interventions', { claims: ana, body: { ...body, studentId: 99 } })).toMatchObject({
      status: 409,
      body: { code: '23503' },
    });
  });
});

test(
  'interventions: no value of anybody’s reaches the log',
  async () => {
    await using copy = Copy.of('interventions').linked();
    const server = await copy.dev(undefined, { LOG_LEVEL: 'debug', HUTCH_SLOW_QUERY: '1ms' });
    const claims = { sub: 'sub-ana' };
    await server.ask('/rest/v1/users?email=eq.ana@example.com&select=*', { claims });
    await server.ask('/rest/v1/students?first_name=like.Mia*', { claims });
    await server.ask('/interventions', {
      claims,
      body: { studentId: 99, type: 'other', title: 'Mia', startDate: '2026-01-01' },
    });
    const log = await server.stop();
    expect(log).toContain('/rest/v1/users');
    expect(log).not.toContain('ana@example.com');
    expect(log).not.toContain('Mia');
  },
  PATIENCE,
);
