/** PostgREST's own settings, each seen through HTTP. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { type JWTPayload, SignJWT } from 'jose';
import type { Driver } from '../../db/index.ts';
import { engines, freshDatabase, postgresUrl, withDatabase } from '../../db/test/engines.ts';
import { eventually } from '../../db/test/eventually.ts';
import { freePort } from '../../db/test/free-port.ts';
import { TestProject } from './project.ts';

setDefaultTimeout(60_000);

const postgres = engines().find(({ name }) => name === 'postgres');
const unavailable = postgres?.unavailable;
const title = unavailable === undefined ? 'PostgREST’s settings' : `PostgREST’s settings (skipped: ${unavailable})`;
const secret = 'a secret of at least thirty-two characters';

/** The key of a lock that a slow request waits for. */
const SLOW = 42;

const fixture = `
  DO $$ BEGIN CREATE ROLE pgrst_anon NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
  CREATE SCHEMA api;
  CREATE SCHEMA v2;
  CREATE TABLE api.films (id int PRIMARY KEY, title text NOT NULL);
  INSERT INTO api.films SELECT n, 'film ' || n FROM generate_series(1, 30) n;
  CREATE TABLE api.scenes (id int PRIMARY KEY, film_id int REFERENCES api.films);
  CREATE TABLE api.hidden (id int PRIMARY KEY);
  CREATE FUNCTION api.patient() RETURNS int STABLE LANGUAGE sql SET statement_timeout = '7s' AS $$ SELECT 1 $$;
  CREATE FUNCTION public.tell() RETURNS void LANGUAGE sql AS $$ SELECT set_config('response.headers',
    json_build_array(json_build_object('X-Timeout', current_setting('statement_timeout')))::text, true) $$;
  CREATE TABLE v2.actors (id int PRIMARY KEY);
  CREATE FUNCTION api.slow() RETURNS text STABLE LANGUAGE sql AS $$ SELECT pg_advisory_xact_lock(${SLOW})::text $$;
  CREATE FUNCTION api.broken() RETURNS void STABLE LANGUAGE plpgsql AS $$ BEGIN RAISE SQLSTATE '58000'; END $$;
  CREATE FUNCTION api.prepared() RETURNS bigint STABLE LANGUAGE sql AS $$ SELECT count(*) FROM pg_prepared_statements $$;
  CREATE FUNCTION api.setting(name text) RETURNS text STABLE LANGUAGE sql AS $$ SELECT current_setting(name, true) $$;
  CREATE FUNCTION public.watch() RETURNS void LANGUAGE sql AS $$ SELECT set_config('response.headers', '[{"X-Watched": "yes"}]', true) $$;
  CREATE FUNCTION api.root() RETURNS json STABLE LANGUAGE sql AS $$ SELECT json_build_object('root', true) $$;
  CREATE FUNCTION public.stored() RETURNS void LANGUAGE sql AS $$
    SELECT set_config('pgrst.db_aggregates_enabled', 'true', true) $$;
  GRANT USAGE ON SCHEMA api, v2 TO pgrst_anon;
  GRANT SELECT, INSERT, DELETE ON ALL TABLES IN SCHEMA api, v2 TO pgrst_anon;
  REVOKE ALL ON api.hidden FROM pgrst_anon`;

const signed = (claims: JWTPayload) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret));

describe.skipIf(unavailable !== undefined)(title, () => {
  let database: Driver & AsyncDisposable;
  let name: string;
  let url: string;
  beforeAll(async () => {
    if (postgres === undefined) return;
    database = await freshDatabase(postgres);
    name = String((await database.query({ text: 'select current_database()' })).rows[0]?.[0]);
    url = withDatabase(await postgresUrl(), name);
    await database.script(fixture);
  });
  afterAll(() => database?.[Symbol.asyncDispose]());

  /** A server with these settings beside the usual ones, and a GET on it. */
  async function served(project: TestProject, env: Readonly<Record<string, string>> = {}) {
    const usual = {
      PGRST_DB_URI: url,
      PGRST_DB_SCHEMAS: 'api',
      PGRST_DB_ANON_ROLE: 'pgrst_anon',
      PGRST_SERVER_PORT: '0',
    };
    const { child, get } = await project.start([], { ...usual, PGRST_JWT_SECRET: secret, ...env });
    const api = (path: string, init?: RequestInit) => get(path, init, '/rest/v1');
    const log = async () => {
      child.kill('SIGTERM');
      const text = await child.stderr.text();
      return text.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
    };
    return { child, api, log };
  }

  const bare = () => new TestProject({ 'empty/.keep': '' }, { bare: true });

  test('the pool: a request that finds no connection free in time gets a 504', async () => {
    await using project = bare();
    const { api } = await served(project, { PGRST_DB_POOL: '1', PGRST_DB_POOL_ACQUISITION_TIMEOUT: '1' });
    const holder = await database.session();
    await holder.query({ text: `SELECT pg_advisory_lock(${SLOW})` });
    const slow = api('/rpc/slow');
    const waiting = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = ${SLOW} AND NOT granted`;
    await eventually(async () => (await database.query({ text: waiting })).count === 1);
    const refused = await api('/films');
    expect(refused.status).toBe(504);
    expect(await refused.json()).toEqual({
      code: 'PGRST003',
      details: null,
      hint: null,
      message: 'Timed out acquiring connection from connection pool.',
    });
    await holder.query({ text: `SELECT pg_advisory_unlock(${SLOW})` });
    await holder.release();
    expect((await slow).status).toBe(200);
  });

  test('prepared statements can be off', async () => {
    await using project = bare();
    const one = { PGRST_DB_POOL: '1' };
    const kept = await served(project, one);
    const none = await served(project, { ...one, PGRST_DB_PREPARED_STATEMENTS: 'false' });
    for (const { api } of [kept, none]) for (let n = 0; n < 3; n++) await api('/films?id=eq.1');
    expect(await (await kept.api('/rpc/prepared')).json()).toBeGreaterThan(0);
    expect(await (await none.api('/rpc/prepared')).json()).toBe(0);
  });

  const levels: readonly (readonly [level: string, statuses: readonly number[]])[] = [
    ['crit', []],
    ['error', [500]],
    ['warn', [404, 500]],
    ['info', [200, 404, 500]],
    ['debug', [200, 404, 500]],
  ];
  test.each(levels)('log level %s logs requests with %j, and their SQL', async (level, statuses) => {
    await using project = bare();
    const { api, log } = await served(project, { PGRST_LOG_LEVEL: level, PGRST_LOG_QUERY: 'true' });
    for (const path of ['/films?id=eq.1', '/nothing', '/rpc/broken']) await api(path);
    const lines = await log();
    const logged = lines.filter((line) => 'status' in line).map((line) => line.status);
    expect([...new Set(logged)].sort()).toEqual([...statuses]);
    const sql = lines.filter(({ msg }) => /^WITH pgrst_source AS .*"films"/.test(msg));
    expect(sql.length > 0).toBe(statuses.includes(200));
  });

  test('what the database holds comes first, and is read again when it says so', async () => {
    await using project = bare();
    await database.script(`ALTER ROLE current_user IN DATABASE ${name} SET pgrst.db_max_rows = '7'`);
    const { api } = await served(project, { PGRST_DB_MAX_ROWS: '3', PGRST_DB_PRE_CONFIG: 'public.stored' });
    expect(await (await api('/films?select=id')).json()).toHaveLength(7);
    expect((await api('/actors')).status).toBe(404);
    expect((await api('/films?select=count()')).status).toBe(200);
    await database.script(`
      ALTER ROLE current_user IN DATABASE ${name} SET pgrst.db_max_rows = '5';
      ALTER ROLE current_user IN DATABASE ${name} SET pgrst.db_schemas = 'v2, api';
      ALTER ROLE current_user IN DATABASE ${name} SET pgrst.server_cors_allowed_origins = 'https://a.example, https://b.example';
      NOTIFY pgrst, 'reload config'`);
    await eventually(async () => (await api('/actors')).status === 200);
    const films = await api('/films?select=id', { headers: { 'accept-profile': 'api', origin: 'https://b.example' } });
    expect(await films.json()).toHaveLength(5);
    expect(films.headers.get('access-control-allow-origin')).toBe('https://b.example');
    expect(
      (await api('/films', { headers: { origin: 'https://c.example' } })).headers.get('access-control-allow-origin'),
    ).toBe(null);
    await database.script(`ALTER ROLE current_user IN DATABASE ${name} RESET ALL`);
  });

  test('the schema is read again when the database, or a signal, says so', async () => {
    await using project = bare();
    const { api, child } = await served(project);
    const appears = (table: string) => eventually(async () => (await api(`/${table}`)).status === 200);
    const create = (table: string) => `CREATE TABLE api.${table} (id int); GRANT SELECT ON api.${table} TO pgrst_anon;`;
    await database.script(`${create('by_notice')} NOTIFY pgrst`);
    await appears('by_notice');
    await database.script(create('by_signal'));
    child.kill('SIGUSR1');
    await appears('by_signal');
  });

  test('what is off by default, and what is on', async () => {
    await using project = bare();
    const usual = await served(project, { PGRST_DB_PRE_REQUEST: 'tell' });
    const plan = { headers: { accept: 'application/vnd.pgrst.plan' } };
    const patient = '/rpc/patient';
    const legacy = '/films?select=id,all:scenes(id)&scenes.id=eq.1';
    expect((await usual.api('/films?select=count()')).status).toBe(400);
    expect((await usual.api('/films', plan)).status).toBe(406);
    expect((await usual.api(patient)).headers.get('x-timeout')).toBe('7s');
    expect((await usual.api(legacy)).headers.get('warning')).toContain('`scenes` to `all`');
    const document = (await (await usual.api('/')).json()) as Record<string, unknown>;
    expect(document.definitions).not.toHaveProperty('hidden');
    expect(document.security).toBeUndefined();
    const other = await served(project, {
      PGRST_DB_PRE_REQUEST: 'tell',
      PGRST_DB_AGGREGATES_ENABLED: 'true',
      PGRST_DB_PLAN_ENABLED: 'true',
      PGRST_DB_HOISTED_TX_SETTINGS: 'work_mem',
      PGRST_URL_USE_LEGACY_TARGET_NAMES: 'false',
      PGRST_OPENAPI_MODE: 'ignore-privileges',
      PGRST_OPENAPI_SECURITY_ACTIVE: 'true',
      PGRST_OPENAPI_SERVER_PROXY_URI: 'https://films.example/api',
      PGRST_JWT_SECRET: Buffer.from(secret).toString('base64'),
      PGRST_JWT_SECRET_IS_BASE64: 'true',
      PGRST_JWT_CACHE_MAX_ENTRIES: '0',
      PGRST_DB_ANON_ROLE: '',
    });
    const token = await signed({ role: 'pgrst_anon' });
    const api = (path: string, headers: Record<string, string> = {}) =>
      other.api(path, { headers: { authorization: `Bearer ${token}`, ...headers } });
    expect(await (await other.api('/films')).json()).toMatchObject({ code: 'PGRST302' });
    expect((await api('/films?select=count()')).status).toBe(200);
    expect((await api('/films', plan.headers)).status).toBe(200);
    expect((await api(patient)).headers.get('x-timeout')).toBe('30s');
    expect(await (await api(legacy)).json()).toMatchObject({ code: 'PGRST108' });
    expect(await (await api('/')).json()).toMatchObject({
      host: 'films.example:443',
      basePath: '/api',
      schemes: ['https'],
      definitions: { hidden: {} },
      security: [{ JWT: [] }],
    });
    const closed = await served(project, { PGRST_OPENAPI_MODE: 'disabled' });
    expect(await (await closed.api('/')).json()).toMatchObject({ code: 'PGRST126' });
  });

  test('the admin server', async () => {
    await using project = bare();
    const port = await freePort();
    const { api } = await served(project, {
      PGRST_ADMIN_SERVER_PORT: String(port),
      PGRST_ADMIN_SERVER_HOST: '127.0.0.1',
    });
    const admin = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
    for (const path of ['/live', '/ready']) {
      const response = await admin(path);
      expect(`${response.status} ${await response.text()}`).toBe('200 ');
    }
    const dump = (await (await admin('/schema_cache')).json()) as Record<string, unknown>;
    expect(Object.keys(dump)).toEqual([
      'dbMediaHandlers',
      'dbRelationships',
      'dbRepresentations',
      'dbRoutines',
      'dbTables',
    ]);
    expect(dump.dbTables).toContainEqual([
      { qiSchema: 'api', qiName: 'films' },
      expect.objectContaining({ tableName: 'films', tablePKCols: ['id'], tableInsertable: true }),
    ]);
    const headers = { authorization: `Bearer ${await signed({ role: 'pgrst_anon' })}` };
    for (let n = 0; n < 3; n++) await api('/films?limit=1', { headers });
    const metrics = await admin('/metrics');
    expect(metrics.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    const text = await metrics.text();
    expect(text).toContain('pgrst_schema_cache_loads_total{status="SUCCESS"} 1\n');
    expect(text).toContain('# TYPE pgrst_db_pool_timeouts_total counter\npgrst_db_pool_timeouts_total 0\n');
    expect(text).toContain('pgrst_db_pool_max 10\n');
    expect(text).toContain('pgrst_jwt_cache_requests_total 3\n');
    expect(text).toContain('pgrst_jwt_cache_hits_total 2\n');
    expect((await admin('/config')).status).toBe(404);
    expect((await api('/films?limit=1')).status).toBe(200);
    const one = String(await freePort());
    const both = { PGRST_DB_URI: url, PGRST_SERVER_PORT: one, PGRST_ADMIN_SERVER_PORT: one };
    const refused = await project.run(['start', '--project', 'empty'], both);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('PGRST_ADMIN_SERVER_PORT');
  });

  test('the others', async () => {
    await using project = bare();
    const { api, log } = await served(project, {
      PGRST_DB_PRE_REQUEST: 'watch',
      PGRST_DB_ROOT_SPEC: 'root',
      PGRST_DB_TX_END: 'rollback-allow-override',
      PGRST_CLIENT_ERROR_VERBOSITY: 'minimal',
      PGRST_SERVER_TRACE_HEADER: 'X-Trace',
      PGRST_SERVER_TIMING_ENABLED: 'true',
      PGRST_APP_SETTINGS_MODE: 'tested',
      PGRST_DB_EXTRA_SEARCH_PATH: 'public, v2',
      PGRST_ROLE_CLAIM_KEY: '.who.role',
      PGRST_JWT_AUD: 'films',
      PGRST_SERVER_CORS_ALLOWED_ORIGINS: 'https://a.example',
    });
    const films = await api('/films?id=eq.1', { headers: { 'x-trace': 'abc' } });
    expect(films.headers.get('x-watched')).toBe('yes');
    expect(films.headers.get('x-trace')).toBe('abc');
    expect((await api('/films?id=eq.1')).headers.get('x-trace')).toBe('');
    expect(films.headers.get('server-timing')).toMatch(
      /^jwt;dur=[\d.]+, parse;dur=[\d.]+, plan;dur=[\d.]+, transaction;dur=[\d.]+, response;dur=[\d.]+$/,
    );
    expect(await (await api('/')).json()).toEqual({ root: true });
    expect(Object.keys((await (await api('/nothing')).json()) as object)).toEqual(['code', 'message']);
    expect(await (await api('/rpc/setting?name=app.settings.MODE')).json()).toBe('tested');
    expect(await (await api('/rpc/setting?name=search_path')).json()).toBe('"api", "public", "v2"');
    await api('/films?id=eq.1', { method: 'DELETE' });
    expect(await (await api('/films?id=eq.1')).json()).toHaveLength(1);
    await api('/films?id=eq.2', { method: 'DELETE', headers: { prefer: 'tx=commit' } });
    expect(await (await api('/films?id=eq.2')).json()).toHaveLength(0);
    const as = async (claims: JWTPayload) =>
      api('/films?limit=1', { headers: { authorization: `Bearer ${await signed(claims)}` } });
    expect((await as({ who: { role: 'pgrst_anon' }, aud: ['films'] })).status).toBe(200);
    expect((await as({ who: { role: 'pgrst_nobody' } })).status).toBe(401);
    expect(await (await as({ aud: 'others' })).json()).toEqual({ code: 'PGRST303', message: 'JWT not in audience' });
    expect((await log()).map(({ msg }) => msg)).toContainEqual(expect.stringContaining('former syntax'));
  });
});
