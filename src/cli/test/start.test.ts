import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { SignJWT } from 'jose';
import type { Driver } from '../../db/index.ts';
import { engines, freshDatabase, postgresUrl, withDatabase } from '../../db/test/engines.ts';
import { eventually } from '../../db/test/eventually.ts';
import { TestProject } from './project.ts';

const postgres = engines().find(({ name }) => name === 'postgres');
const unavailable = postgres?.unavailable;
const title = unavailable === undefined ? 'hutch start' : `hutch start (skipped: ${unavailable})`;
const secret = 'a secret of at least thirty-two characters';

describe.skipIf(unavailable !== undefined)(title, () => {
  let database: Driver & AsyncDisposable;
  let url: string;
  beforeAll(async () => {
    if (postgres === undefined) return;
    database = await freshDatabase(postgres);
    const { rows } = await database.query({ text: 'select current_database()' });
    url = withDatabase(await postgresUrl(), String(rows[0]?.[0]));
    await database.script(`
      DO $$ BEGIN CREATE ROLE start_anon NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
      DO $$ BEGIN CREATE ROLE start_writer NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
      CREATE SCHEMA api;
      CREATE TABLE api.films (id int PRIMARY KEY, title text NOT NULL);
      INSERT INTO api.films SELECT n, 'film ' || n FROM generate_series(1, 30) n;
      GRANT USAGE ON SCHEMA api TO start_anon, start_writer;
      GRANT SELECT ON api.films TO start_anon, start_writer;
      GRANT INSERT ON api.films TO start_writer`);
  });
  afterAll(() => database?.[Symbol.asyncDispose]());

  const settings = () => ({
    PGRST_DB_URI: url,
    PGRST_DB_SCHEMAS: 'api',
    PGRST_DB_ANON_ROLE: 'start_anon',
    PGRST_JWT_SECRET: secret,
    PGRST_DB_MAX_ROWS: '10',
    PGRST_SERVER_PORT: '0',
  });

  test('serves any Postgres by PostgREST’s own settings, without a Drizzle schema', async () => {
    await using project = new TestProject({ 'empty/.keep': '' });
    const server = await project.start(['--project', 'empty'], settings());
    expect(server.banner).toMatchObject({
      event: 'ready',
      tables: 1,
      studio: null,
      postgres: null,
      drizzleStudio: null,
    });
    expect(await (await server.get('/films?select=id', {}, '/rest/v1')).json()).toHaveLength(10);
    const film = { method: 'POST', body: '{"id":100,"title":"new"}', headers: { 'content-type': 'application/json' } };
    expect((await server.get('/films', film, '/rest/v1')).status).toBe(401);
    const token = await new SignJWT({ role: 'start_writer' })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('1m')
      .sign(new TextEncoder().encode(secret));
    const signed = { ...film, headers: { ...film.headers, authorization: `Bearer ${token}` } };
    expect((await server.get('/films', signed, '/rest/v1')).status).toBe(201);
    expect((await server.get('/studio')).status).toBe(404);
    expect((await server.get('/ready')).status).toBe(200);
  });

  test('says which names of its settings the database lacks', async () => {
    await using project = new TestProject({ 'empty/.keep': '' });
    const wrong = { PGRST_DB_SCHEMAS: 'apii', PGRST_DB_ANON_ROLE: 'start_annon', PGRST_DB_SCHEMES: 'api' };
    const { banner } = await project.start(['--project', 'empty'], { ...settings(), ...wrong });
    expect(banner.notices).toEqual([
      'PGRST_DB_SCHEMES is no setting of Hutch’s; did you mean PGRST_DB_SCHEMAS?',
      'The database has no schema apii, which PGRST_DB_SCHEMAS names; did you mean api?',
      'The database has no role start_annon, which PGRST_DB_ANON_ROLE names; did you mean start_anon?',
    ]);
  });

  test('says that nobody is let in, where nobody was told whom', async () => {
    await using project = new TestProject({ 'empty/.keep': '' });
    const { PGRST_JWT_SECRET: _, PGRST_DB_ANON_ROLE: __, ...closed } = settings();
    const { banner } = await project.start(['--project', 'empty'], closed);
    expect(banner.notices).toEqual([expect.stringMatching(/^Every request to the API is refused: set JWT_SECRET/)]);
    const asked = { ...closed, PGRST_JWT_SECRET: secret };
    const { code, err } = await project.run(['gen', 'token', '--project', 'empty', '--role', 'start_writer'], asked);
    expect([code, err]).toEqual([2, expect.stringContaining('it was started without a secret')]);
  });

  test('Ctrl-C in a migration ends it on the server too', async () => {
    const slow = 'CREATE TABLE half (id int);\n--> statement-breakpoint\nSELECT pg_sleep(120);\n';
    await using project = new TestProject({
      'drizzle/20251231000000_roles/migration.sql': 'SELECT 1;\n',
      'drizzle/20260101000000_notes/migration.sql': slow,
    });
    const child = project.spawn(['migrate', 'up'], { DATABASE_URL: url });
    const sleeping = async () => {
      const text = `select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
        and state = 'active' and query like '%pg_sleep(120)%'`;
      return (await database.query({ text })).rows[0]?.[0] === '1';
    };
    await eventually(sleeping);
    child.kill('SIGINT');
    expect(await child.exited).toBe(130);
    await eventually(async () => !(await sleeping()));
    expect((await database.query({ text: `select to_regclass('half')` })).rows).toEqual([[null]]);
    await database.script('DROP SCHEMA IF EXISTS drizzle CASCADE');
  });

  test('a reset asks for the name where the server is not of this machine, as behind a tunnel', async () => {
    if (postgres === undefined) return;
    const ordinary = {
      'drizzle/20251231000000_roles/migration.sql': 'SELECT 1;\n',
      'drizzle/20260101000000_notes/migration.sql': 'CREATE TABLE "notes" ("id" integer PRIMARY KEY);\n',
    };
    await using theirs = new TestProject(ordinary);
    const tunnel = String((await theirs.dev()).banner.postgres);
    await using ours = await freshDatabase(postgres);
    const { rows } = await ours.query({ text: 'select current_database()' });
    const here = withDatabase(await postgresUrl(), String(rows[0]?.[0]));

    await using project = new TestProject(ordinary);
    const reset = (DATABASE_URL: string, ...flags: string[]) =>
      project.run(['migrate', 'reset', ...flags], { DATABASE_URL });
    const refused = await reset(tunnel);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('--force postgres')]);
    expect((await reset(tunnel, '--force', 'postgres')).code).toBe(0);
    expect((await reset(here)).code).toBe(0);
    expect((await project.run(['migrate', 'reset'])).code).toBe(0);
  });

  test('refuses to serve with pending migrations, and applies them when told to', async () => {
    await using project = new TestProject({ 'drizzle/20251231000000_roles/migration.sql': 'SELECT 1;\n' });
    const refused = await project.run(['start', '--port', '0'], settings());
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('start with --migrate');
    project.write(
      'drizzle/20260101000000_notes/migration.sql',
      'CREATE TABLE "notes" ("id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY, "body_text" text NOT NULL);\n',
    );
    const server = await project.start(['--migrate'], { ...settings(), PGRST_DB_SCHEMAS: 'public' });
    expect(server.banner).toMatchObject({ tables: 1, migrations: { total: 2, applied: 2 } });
  });

  test('studio and doors want a token in production', async () => {
    await using project = new TestProject({ 'empty/.keep': '' });
    const refused = await project.run(['start', '--project', 'empty', '--studio'], settings());
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('HUTCH_STUDIO_TOKEN');
  });
});
