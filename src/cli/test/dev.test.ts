import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@supabase/supabase-js';
import { eventually } from '../../db/test/eventually.ts';
import { files, TestProject } from './project.ts';

interface Database {
  public: {
    Tables: {
      notes: {
        Row: { id: number; body_text: string };
        Insert: { body_text: string };
        Update: { body_text?: string };
        Relationships: [];
      };
    };
    Views: Record<never, never>;
    Functions: Record<never, never>;
  };
}

describe('hutch dev', () => {
  let project: TestProject;
  let server: Awaited<ReturnType<TestProject['dev']>>;
  beforeAll(async () => {
    project = new TestProject();
    server = await project.dev();
  });
  afterAll(() => project[Symbol.asyncDispose]());

  test('says where it is, on one JSON line', () => {
    expect(server.banner).toMatchObject({ event: 'ready', tables: 1, migrations: { total: 2, applied: 2 } });
  });

  test('keeps keys that are readable by their owner alone', async () => {
    const { mode } = await Bun.file(join(project.root, '.hutch', 'keys.json')).stat();
    expect(mode & 0o077).toBe(0);
    expect(JSON.parse(readFileSync(join(project.root, '.hutch', 'keys.json'), 'utf8'))).toHaveProperty('service');
  });

  test('tells supabase-js what is not here', async () => {
    const { auth, storage, functions } = createClient(server.banner.http, String(server.banner.anonKey));
    const { error } = await auth.signInWithPassword({ email: 'ada@example.com', password: 'secret' });
    expect(error?.message).toContain('give createClient an accessToken');
    expect((await storage.listBuckets()).error?.message).toBe('No files are stored here');
    const called = await functions.invoke('hello');
    expect(await called.response?.json()).toMatchObject({ message: expect.stringContaining('routes of your own') });
  });

  test('serves every table to supabase-js', async () => {
    const supabase = createClient<Database>(server.banner.http, String(server.banner.anonKey));
    const inserted = await supabase
      .from('notes')
      .insert([{ body_text: 'one' }, { body_text: 'two' }])
      .select();
    expect(inserted).toMatchObject({
      error: null,
      data: [
        { id: 1, body_text: 'one' },
        { id: 2, body_text: 'two' },
      ],
    });
    const updated = await supabase.from('notes').update({ body_text: 'uno' }).eq('id', 1).select('body_text').single();
    expect(updated.data).toEqual({ body_text: 'uno' });
    const read = await supabase
      .from('notes')
      .select('id,body_text', { count: 'exact' })
      .gt('id', 0)
      .order('id', { ascending: false });
    expect(read).toMatchObject({
      count: 2,
      data: [
        { id: 2, body_text: 'two' },
        { id: 1, body_text: 'uno' },
      ],
    });
    expect((await supabase.from('notes').delete().eq('id', 2)).status).toBe(204);
  });

  test('names the nearest column', async () => {
    const response = await server.get('/rest/v1/notes?select=body_txt');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: '42703', hint: expect.stringContaining('notes.body_text') });
  });

  test('is live and ready, and counts its requests', async () => {
    expect((await server.get('/live')).status).toBe(200);
    expect((await server.get('/ready')).status).toBe(200);
    expect(await (await server.get('/metrics')).text()).toContain(
      'http_request_duration_seconds_count{method="GET",status="200"}',
    );
  });

  test('sends the request id back, and the time of each stage', async () => {
    const response = await server.get('/rest/v1/notes', { headers: { 'x-request-id': 'abc-1' } });
    expect(response.headers.get('x-request-id')).toBe('abc-1');
    expect(response.headers.get('server-timing')).toMatch(/parse;dur=.*transaction;dur=.*response;dur=/);
  });

  test('answers what it does not serve in one shape', async () => {
    const response = await server.get('/nothing');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'not_found', message: expect.any(String) });
  });

  test('sends a browser that opens it to the studio', async () => {
    const opened = await server.get('/', { headers: { accept: 'text/html,*/*;q=0.8' }, redirect: 'manual' });
    expect([opened.status, opened.headers.get('location')]).toEqual([302, '/studio']);
    expect((await server.get('/')).status).toBe(404);
  });

  test('refuses a body and a URL that are too large', async () => {
    const body = JSON.stringify({ body_text: 'x'.repeat(11 * 1_048_576) });
    const headers = { 'content-type': 'application/json' };
    expect((await server.get('/rest/v1/notes', { method: 'POST', body, headers })).status).toBe(413);
    expect((await server.get(`/rest/v1/notes?select=${'x'.repeat(17_000)}`)).status).toBe(414);
  });

  test('compresses what is worth it', async () => {
    const large = await server.get('/rest/v1/', { headers: { 'accept-encoding': 'gzip' } });
    if (Number(large.headers.get('content-length') ?? 0) > 1_400)
      expect(large.headers.get('content-encoding')).toBe('gzip');
    const small = await server.get('/live', { headers: { 'accept-encoding': 'gzip' } });
    expect(small.headers.get('content-encoding')).toBeNull();
  });

  test('serves the project’s own routes, and their change without a restart', async () => {
    expect(await (await server.get('/hello')).text()).toBe('one');
    project.write('src/routes.ts', files['src/routes.ts'].replace('one', 'two'));
    await eventually(async () => (await (await server.get('/hello')).text()) === 'two');
  });

  test('goes on with the last good source after a mistake', async () => {
    project.write('src/routes.ts', 'export default new (');
    await Bun.sleep(200);
    expect(await (await server.get('/hello')).text()).toBe('two');
    project.write('src/routes.ts', 'throw new Error("at import"); export default 1;');
    await Bun.sleep(200);
    expect(await (await server.get('/hello')).text()).toBe('two');
    project.write('src/routes.ts', files['src/routes.ts'].replace('one', 'three'));
    await eventually(async () => (await (await server.get('/hello')).text()) === 'three');
  });

  test('a new column is there with the next save, and a syntax error changes nothing', async () => {
    project.write('src/schema.ts', files['src/schema.ts'].replace('bodyText:', 'pinned: integer(), bodyText:'));
    await eventually(async () => (await server.get('/rest/v1/notes?select=pinned')).status === 200);
    project.write('src/schema.ts', 'export const notes = ;');
    await Bun.sleep(300);
    expect((await server.get('/rest/v1/notes?select=pinned')).status).toBe(200);
    project.write(
      'src/schema.ts',
      files['src/schema.ts'].replace('bodyText:', 'pinned: integer(), color: text(), bodyText:'),
    );
    await eventually(async () => (await server.get('/rest/v1/notes?select=color')).status === 200);
  });

  test('a table made through the Postgres port is served at once', async () => {
    await using sql = new Bun.SQL(String(server.banner.postgres));
    await sql`create table public.from_psql (id int primary key)`;
    await sql`grant select on public.from_psql to anon`;
    await eventually(async () => (await server.get('/rest/v1/from_psql')).status === 200);
    await sql`drop table public.from_psql`;
    await eventually(async () => (await server.get('/rest/v1/from_psql')).status === 404);
  });

  test('a second one in the same folder says where the first is, and exits 1', async () => {
    const second = await project.run(['dev', '--port', '0']);
    expect(second.code).toBe(1);
    expect(second.err).toContain(String(server.child.pid));
  });

  test('status finds it, stop ends it', async () => {
    const status = await project.run(['status', '--json']);
    expect(JSON.parse(status.out)).toMatchObject({ pid: server.child.pid, http: server.banner.http });
    expect((await project.run(['stop'])).code).toBe(0);
    expect(await server.child.exited).toBe(0);
    expect(existsSync(join(project.root, '.hutch', 'server.json'))).toBe(false);
    expect((await project.run(['status'])).code).toBe(1);
  });
});

test('kill -9 loses nothing that was acknowledged', async () => {
  await using project = new TestProject();
  const first = await project.dev();
  const insert = (text: string) =>
    first.get('/rest/v1/notes', {
      method: 'POST',
      body: JSON.stringify({ body_text: text }),
      headers: { 'content-type': 'application/json' },
    });
  for (let index = 0; index < 20; index++) expect((await insert(`note ${index}`)).status).toBe(201);
  first.child.kill('SIGKILL');
  await first.child.exited;
  const second = await project.dev();
  expect(await (await second.get('/rest/v1/notes?select=id')).json()).toHaveLength(20);
});

test('a port that is taken is told, and the next free one is used', async () => {
  await using project = new TestProject();
  using other = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() });
  const { banner } = await project.dev([], { PORT: String(other.port) });
  const { port } = new URL(banner.http);
  expect(Number(port)).toBeGreaterThan(Number(other.port));
  expect(banner.notices).toEqual([`Port ${other.port} is taken; HTTP is on ${port}`]);
});

test('a rename that nobody has explained keeps no server from starting', async () => {
  const renamed = files['src/schema.ts'].replace('bodyText: text()', 'content: text()');
  await using project = new TestProject();
  const first = await project.dev();
  await first.get('/rest/v1/notes', {
    method: 'POST',
    body: '{"body_text":"kept"}',
    headers: { 'content-type': 'application/json' },
  });
  await project.run(['stop']);
  project.write('src/schema.ts', renamed);
  const second = await project.dev();
  expect(second.banner.notices).toEqual([
    expect.stringContaining('--rename notes.body_text=notes.content or --create notes.content'),
  ]);
  expect(await (await second.get('/rest/v1/notes?select=body_text')).json()).toEqual([{ body_text: 'kept' }]);
  const answered = await project.run(['migrate', 'push', '--rename', 'notes.body_text=notes.content']);
  expect(answered.code).toBe(0);
  await eventually(async () => (await second.get('/rest/v1/notes?select=content')).status === 200);
  expect(await (await second.get('/rest/v1/notes?select=content')).json()).toEqual([{ content: 'kept' }]);
});

test('one Ctrl-C that arrives twice, as under `bun run`, is a graceful stop', async () => {
  await using project = new TestProject();
  const { child } = await project.dev();
  child.kill('SIGINT');
  await Bun.sleep(5);
  child.kill('SIGINT');
  expect(await child.exited).toBe(0);
  expect(existsSync(join(project.root, '.hutch', 'server.json'))).toBe(false);
});

describe('what stands in the way of a project', () => {
  test('a migration that there is not', async () => {
    await using project = new TestProject();
    const { code, err } = await project.run(['migrate', 'up', '--to', 'nowhere']);
    expect(err).toContain('The latest are 20251231000000_roles, 20260101000000_notes.');
    expect(code).toBe(1);
  });

  const broken = [
    { name: 'a syntax error', line: 'export const x = ;', says: 'src/schema.ts:3:18: Unexpected ;' },
    { name: 'several syntax errors', line: 'let let a b;\nconst const c = (;', says: 'src/schema.ts:3:5: ' },
    { name: 'an error at import', line: `throw new Error('boom');`, says: 'src/schema.ts:3:11: boom' },
    {
      name: 'two tables of one name',
      line: `export const again = snakeCase.table('notes', { id: integer() });`,
      says: 'Two tables are named notes: the exports again and notes.',
    },
  ];
  test.each(broken)('$name in the schema has its place', async ({ line, says }) => {
    await using project = new TestProject({ 'src/schema.ts': `${files['src/schema.ts']}${line}\n` });
    const commands = [
      ['migrate', 'generate'],
      ['dev', '--port', '0'],
    ];
    for (const { code, err } of await Promise.all(commands.map((args) => project.run(args)))) {
      expect(err).toContain(says);
      expect(err).not.toContain('internal_error');
      expect(code).toBe(1);
    }
  });

  test('two columns of one name', async () => {
    const twice = `export const twice = snakeCase.table('twice', { a: integer('x'), b: integer('x') });\n`;
    await using project = new TestProject({ 'src/schema.ts': files['src/schema.ts'] + twice });
    const { code, err } = await project.run(['migrate', 'generate']);
    expect(err).toContain(`duplicate column name 'x'`);
    expect(code).toBe(1);
  });

  test('a folder that is a file', async () => {
    await using project = new TestProject({ '.hutch': 'a file' });
    const { code, err } = await project.run(['migrate', 'status']);
    expect(err.trim().split('\n')).toEqual([expect.stringContaining('A file stands where a folder should be')]);
    expect(code).toBe(1);
  });

  test('a number of a process that is somebody else’s by now', async () => {
    const state = {
      pid: process.pid,
      http: 'http://127.0.0.1:1',
      postgres: 'postgres://postgres@127.0.0.1:1/postgres',
    };
    await using project = new TestProject({ '.hutch/server.json': JSON.stringify(state) });
    expect((await project.run(['status'])).code).toBe(1);
    expect((await project.run(['stop'])).out).toBe('Not running.\n');
    expect((await project.run(['migrate', 'up'])).code).toBe(0);
  });

  test('a folder without a project', async () => {
    await using project = new TestProject({ 'empty/.keep': '' });
    const { code, err } = await project.run(['dev', '--project', 'empty', '--port', '0']);
    expect(err).toContain('No drizzle.config.ts');
    expect(code).toBe(1);
  });

  test('a project whose routes do not load, and leaves its folder to the next', async () => {
    await using project = new TestProject({ 'src/routes.ts': 'throw new Error("no such mailer");\n' });
    const { code, err } = await project.run(['dev', '--port', '0']);
    expect(err).toContain('no such mailer');
    expect(code).toBe(1);
    expect(existsSync(join(project.root, '.hutch', 'server.json'))).toBe(false);
    project.write('src/routes.ts', files['src/routes.ts']);
    expect((await project.dev()).banner).toMatchObject({ event: 'ready', migrations: { applied: 0 } });
  });

  test('a production start without its database says so in one sentence', async () => {
    await using project = new TestProject();
    const { code, err } = await project.run(['start'], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
    expect(code).toBe(1);
    expect(err.trim().split('\n').length).toBeLessThan(3);
  });
});
