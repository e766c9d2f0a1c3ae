import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Driver } from '../../db/index.ts';
import { engines, freshDatabase, postgresUrl, withDatabase } from '../../db/test/engines.ts';
import { eventually } from '../../db/test/eventually.ts';
import { TestProject } from './project.ts';

const postgres = engines().find(({ name }) => name === 'postgres');
const unavailable = postgres?.unavailable;
const title = unavailable === undefined ? 'hutch start with replicas' : `hutch start (skipped: ${unavailable})`;

/** A database of its own in the place of a replica: what it holds tells who has answered. */
class Server {
  constructor(
    readonly driver: Driver,
    readonly url: string,
  ) {}

  static async open(name: string): Promise<Server> {
    if (postgres === undefined) throw new Error('no Postgres');
    const driver = await freshDatabase(postgres);
    const { rows } = await driver.query({ text: 'select current_database()' });
    await driver.script(`
      DO $$ BEGIN CREATE ROLE spread_anon NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
      CREATE TABLE places (id int PRIMARY KEY, name text NOT NULL);
      INSERT INTO places VALUES (1, '${name}');
      GRANT SELECT, INSERT, UPDATE ON places TO spread_anon`);
    return new Server(driver, withDatabase(await postgresUrl(), String(rows[0]?.[0])));
  }
}

const ROUTES = `import { Hono } from 'hono';
import { sql } from 'drizzle-orm';
import { integer, pgTable, text } from 'drizzle-orm/pg-core';
const places = pgTable('places', { id: integer().primaryKey(), name: text().notNull() });
const one = async (rows) => (await rows)[0].name;
export default new Hono()
  .get('/db', async (c) => c.text(await one(c.var.db.select().from(places))))
  .get('/tx', async (c) => c.text(await one(c.var.tx.select().from(places))))
  .get('/replica', async (c) => c.text(await one(c.var.replica.select().from(places))))
  .get('/cached', async (c) => c.text(await one(c.var.db.select().from(places).$withCache()) + ' ' + c.var.cache.stats().hits))
  .get('/slow', async (c) => { await c.var.db.execute(sql\`select pg_sleep(0.15), \${'private'}\`); return c.text('slept'); })
  .post('/rename/:name', async (c) => { await c.var.tx.update(places).set({ name: c.req.param('name') }); return c.text('ok'); });
`;

describe.skipIf(unavailable !== undefined)(title, () => {
  let primary: Server;
  let replica: Server;
  beforeAll(async () => {
    [primary, replica] = [await Server.open('primary'), await Server.open('replica')];
  });
  afterAll(async () => {
    await Promise.all([primary?.driver.close(), replica?.driver.close()]);
  });

  const started = async (project: TestProject, env: Readonly<Record<string, string>> = {}) =>
    project.start(['--project', 'empty'], {
      DATABASE_URL: primary.url,
      DATABASE_REPLICA_URLS: replica.url,
      PGRST_DB_ANON_ROLE: 'spread_anon',
      JWT_SECRET: 'a secret of at least thirty-two characters',
      PORT: '0',
      ...env,
    });
  const files = { 'empty/routes.ts': ROUTES };
  type Running = Awaited<ReturnType<typeof started>>;
  const text = async (server: Running, path: string) => (await server.get(path)).text();
  const name = async (server: Running) => {
    const csv = { headers: { accept: 'text/csv' } };
    return (await (await server.get('/places?select=name', csv, '/rest/v1')).text()).split('\n')[1];
  };

  const isUp = (server: Running) => eventually(async () => (await text(server, '/ready')).includes('"ok"'));

  test('asked: only c.var.replica reads from a replica', async () => {
    await using project = new TestProject(files);
    const server = await started(project);
    await isUp(server);
    expect(await text(server, '/replica')).toBe('replica');
    expect([await text(server, '/db'), await text(server, '/tx'), await name(server)]).toEqual(
      Array(3).fill('primary'),
    );
    const metrics = await text(server, '/metrics');
    expect(metrics).toContain('database_replica_up{replica="1"} 1');
    expect(metrics).toMatch(/database_statements_total\{statement="[0-9a-f]{8}"\} \d/);
  });

  test('all: reads outside of transactions, and whoever writes reads from the primary for a while', async () => {
    await using project = new TestProject(files);
    const server = await started(project, { HUTCH_REPLICA_READS: 'all', HUTCH_REPLICA_STICKY: '1h' });
    await isUp(server);
    expect([await text(server, '/db'), await name(server), await text(server, '/tx')]).toEqual([
      'replica',
      'replica',
      'primary',
    ]);
    const patch = { method: 'PATCH', body: '{"name":"primary"}', headers: { 'content-type': 'application/json' } };
    expect((await server.get('/places?id=eq.1', patch, '/rest/v1')).status).toBe(204);
    expect(await name(server)).toBe('primary');
    expect(await text(server, '/replica')).toBe('replica');
  });

  test('a route’s write counts as its caller’s', async () => {
    await using project = new TestProject(files);
    const server = await started(project, { HUTCH_REPLICA_READS: 'api', HUTCH_REPLICA_STICKY: '1h' });
    await isUp(server);
    expect(await name(server)).toBe('replica');
    expect((await server.get('/rename/primary', { method: 'POST' })).status).toBe(200);
    expect(await name(server)).toBe('primary');
  });

  test('a dead replica keeps nothing from being served', async () => {
    await using project = new TestProject(files);
    const dead = primary.url.replace(/:\d+\//, ':1/');
    const server = await started(project, { DATABASE_REPLICA_URLS: dead, HUTCH_REPLICA_READS: 'all' });
    expect([await text(server, '/replica'), await text(server, '/db'), await name(server)]).toEqual(
      Array(3).fill('primary'),
    );
    expect(await (await server.get('/ready')).json()).toEqual({ status: 'ready', replicas: ['away'] });
    expect(await text(server, '/metrics')).toContain('database_replica_up{replica="1"} 0');
  });

  test('reads that ask are cached until a route writes; a Redis that is away is no hindrance', async () => {
    await using project = new TestProject(files);
    const server = await started(project, { REDIS_URL: 'redis://127.0.0.1:1' });
    expect([await text(server, '/cached'), await text(server, '/cached')]).toEqual(['primary 0', 'primary 1']);
    await server.get('/rename/renamed', { method: 'POST' });
    expect(await text(server, '/cached')).toBe('renamed 1');
    await server.get('/rename/primary', { method: 'POST' });
  });

  test('a slow statement is logged without its values', async () => {
    await using project = new TestProject(files);
    const server = await started(project, { HUTCH_SLOW_QUERY: '100ms', REDIS_URL: 'redis://127.0.0.1:1' });
    expect(await text(server, '/slow')).toBe('slept');
    server.child.kill('SIGTERM');
    const log = await server.child.stderr.text();
    const line = log.split('\n').find((it) => it.includes('slow query')) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({
      text: 'select pg_sleep(?), $1',
      id: expect.stringMatching(/^[0-9a-f]{8}$/),
    });
    expect(log).not.toContain('private');
    expect(await server.child.exited).toBe(0);
  });
});
