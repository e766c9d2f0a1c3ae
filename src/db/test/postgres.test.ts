import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { ConnectionError } from '../driver.ts';
import { openPostgres, type PostgresOptions } from '../postgres/open.ts';
import { type SslMode, sslFor } from '../postgres/ssl.ts';
import { whyNot } from './embedded.ts';
import { type EmbeddedServer, makeServerFolder, startServer } from './embedded-server.ts';
import { eventually } from './eventually.ts';

/** Starts and restarts of engines take a while on a machine that is busy. */
setDefaultTimeout(60_000);

/** Ends a connection, and returns once it has ended. */
const TERMINATE = 'SELECT pg_terminate_backend($1, 30000)';

/** What is particular to a server at the end of a socket: it goes away, comes back, and has other callers. */

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('the SSL mode', () => {
  const cases: readonly (readonly [host: string, asked: SslMode | undefined, is: SslMode])[] = [
    ['localhost', undefined, 'disable'],
    ['127.0.0.1', undefined, 'disable'],
    ['::1', undefined, 'disable'],
    ['/var/run/postgresql', undefined, 'disable'],
    ['db.example.com', undefined, 'require'],
    ['10.0.0.5', undefined, 'require'],
    ['localhost.example.com', undefined, 'require'],
    ['db.example.com', 'disable', 'disable'],
    ['db.example.com', 'verify-full', 'verify-full'],
    ['localhost', 'require', 'require'],
  ];
  for (const [host, asked, is] of cases) {
    test(`for ${host}, ${asked ?? 'nothing'} asked, is ${is}`, () => expect(sslFor(host, asked)).toBe(is));
  }
});

describe('a server that is not there', () => {
  test('is reported in one sentence, without the password', async () => {
    const error = await failure(openPostgres({ url: 'postgres://me:secret@127.0.0.1:9/db' }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ code: 'unreachable' });
    expect(String(error)).toContain('127.0.0.1:9');
    expect(String(error)).not.toContain('secret');
  });
});

const missing = whyNot();
const suite = missing === undefined ? describe : describe.skip;

suite(`a server of our own${missing === undefined ? '' : ` (${missing})`}`, () => {
  let folder: string;
  let server: EmbeddedServer;
  const undo: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    folder = await makeServerFolder();
    server = await startServer(folder);
  }, 60_000);
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });
  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function opened(options: Partial<PostgresOptions> = {}) {
    const driver = await openPostgres({ url: server.url, ...options });
    undo.push(() => driver.close({ graceMs: 0 }));
    const cell = async (text: string) => (await driver.query({ text })).rows[0]?.[0];
    return { driver, cell };
  }

  test('refuses a wrong password for good, and at once', async () => {
    const url = server.url.replace(/:[^:@/]+@/, ':wrong@');
    expect(await failure(openPostgres({ url }))).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('password authentication failed'),
    });
  });

  test('refuses an unknown database', async () => {
    expect(await failure(openPostgres({ url: server.url, database: 'nowhere' }))).toMatchObject({ code: 'refused' });
  });

  test('without TLS is not talked to where TLS is required', async () => {
    const error = await failure(openPostgres({ url: server.url, ssl: 'require' }));
    expect(error).toMatchObject({ code: 'refused', message: expect.stringContaining('TLS') });
    expect(await failure(openPostgres({ url: `${server.url}?sslmode=verify-full` }))).toMatchObject({
      code: 'refused',
    });
  });

  test('names the parameter that a misspelt one may be', async () => {
    for (const [wrong, right] of [
      ['sslmod=require', 'sslmode'],
      ['hots=db', 'host'],
    ]) {
      expect(await failure(openPostgres({ url: `${server.url}?${wrong}` }))).toMatchObject({
        message: expect.stringContaining(`The address has "${wrong?.split('=')[0]}": did you mean ${right}?`),
      });
    }
  });

  test('hears of its own settings, and nothing of what is for libpq alone', async () => {
    const { cell } = await opened({ url: `${server.url}?channel_binding=prefer&keepalives=1&search_path=api` });
    expect(await cell('SHOW search_path')).toBe('api');
  });

  test('is reached by its unix socket', async () => {
    const { port, username, password } = new URL(server.url);
    const { cell } = await opened({
      url: undefined,
      host: server.socketFolder,
      port: Number(port),
      user: username,
      password,
      database: 'postgres',
    });
    expect(await cell('SELECT inet_client_addr() IS NULL')).toBe('t');
  });

  test('ends what takes longer than the statement timeout', async () => {
    const { driver, cell } = await opened({ statementTimeout: 1_000 });
    expect(await failure(driver.query({ text: 'SELECT pg_sleep(20)' }))).toMatchObject({ code: '57014' });
    expect(await cell('SELECT 1')).toBe('1');
  });

  test('is asked again to end a statement which it had not begun when it was asked', async () => {
    const { hostname, port } = new URL(server.url);
    let first = true;
    const slow = createServer((near) => {
      const far = connect(Number(port), hostname).on('error', () => near.destroy());
      const delay = first ? 200 : 0; // those after it are cancel requests
      first = false;
      near.on('data', (bytes) => setTimeout(() => far.write(bytes), delay)).on('error', () => far.destroy());
      far.on('data', (bytes) => near.write(bytes)).on('close', () => near.destroy());
      near.on('close', () => far.destroy());
    });
    await new Promise<void>((listening) => slow.listen(0, '127.0.0.1', listening));
    undo.push(async () => slow.close());
    const address = slow.address();
    const { driver, cell } = await opened({ port: typeof address === 'object' ? address?.port : 0, poolSize: 1 });
    const error = await failure(driver.query({ text: 'SELECT pg_sleep(20)' }, { timeout: 50 }));
    expect(error).toMatchObject({ code: '57014', message: 'canceling statement due to statement timeout' });
    expect(await cell('SELECT 1')).toBe('1');
  });

  test('is asked for no more connections than the pool has', async () => {
    const { driver } = await opened({ poolSize: 3 });
    const all = Array.from({ length: 30 }, () => driver.query({ text: 'SELECT pg_sleep(0.005)' }));
    expect(driver.stats()).toMatchObject({ size: 3, waiting: 27 });
    await Promise.all(all);
    const connections = await driver.query({
      text: `SELECT count(*) FROM pg_stat_activity WHERE application_name = 'hutch'`,
    });
    expect(Number(connections.rows[0]?.[0])).toBe(3);
  });

  test('is asked in the order in which they came', async () => {
    // One connection: of several, the server may finish a later one first.
    const { driver } = await opened({ poolSize: 1 });
    const order: number[] = [];
    const came = Array.from({ length: 30 }, (_, index) => index);
    await Promise.all(came.map((index) => driver.query({ text: 'SELECT 1' }).then(() => order.push(index))));
    expect(order).toEqual(came);
  });

  test('has a queue that people leave after a time', async () => {
    const { driver } = await opened({ poolSize: 1, poolTimeout: 50 });
    const holder = await driver.session();
    expect(await failure(driver.query({ text: 'SELECT 1' }))).toMatchObject({ code: 'pool_timeout' });
    await holder.release();
  });

  test('gets its idle connections back', async () => {
    const { driver } = await opened({ poolSize: 5, idleTimeout: 100 });
    await Promise.all(Array.from({ length: 5 }, () => driver.query({ text: 'SELECT pg_sleep(0.02)' })));
    expect(driver.stats().idle).toBeGreaterThan(0);
    await eventually(() => driver.stats().idle === 0);
    expect((await driver.query({ text: 'SELECT 1' })).rows).toEqual([['1']]);
  });

  test('may hang up on an idle connection without anybody noticing', async () => {
    const { cell } = await opened({ poolSize: 2 });
    const pid = await cell('SELECT pg_backend_pid()');
    const { driver: other } = await opened();
    await other.query({ text: TERMINATE, params: [pid ?? null] });
    await Bun.sleep(50);
    expect(await cell('SELECT 1')).toBe('1');
    expect(await cell('SELECT pg_backend_pid()')).not.toBe(pid);
  });

  test('may hang up in the middle of a transaction, which then fails', async () => {
    const { driver, cell } = await opened({ poolSize: 1 });
    const { driver: other } = await opened();
    const error = await failure(
      driver.transaction(async (tx) => {
        const { rows } = await tx.query({ text: 'SELECT pg_backend_pid()' });
        await other.query({ text: TERMINATE, params: [rows[0]?.[0] ?? null] });
        await tx.query({ text: 'SELECT 1' });
      }),
    );
    expect(error).toMatchObject({ code: 'restarted' });
    expect(await cell('SELECT 1')).toBe('1');
  });

  test('may be restarted: callers wait, listeners listen again', async () => {
    const { driver, cell } = await opened({ poolSize: 2 });
    const heard: string[] = [];
    let resumed = 0;
    await driver.listen(
      'news',
      (payload) => heard.push(payload),
      () => resumed++,
    );
    const port = Number(new URL(server.url).port);
    await server.stop();
    const waiting = cell('SELECT 7');
    server = await startServer(folder, port);
    expect(await waiting).toBe('7');
    await eventually(async () => {
      await driver.notify('news', 'back');
      return heard.length > 0;
    });
    expect([heard[0], resumed]).toEqual(['back', 1]);
  });

  test('never lends a connection on which a transaction is open', async () => {
    const { driver } = await opened({ poolSize: 1, applicationName: 'leaky' });
    const { cell: seenBy } = await opened();
    for (let round = 0; round < 20; round++) {
      const work = driver.transaction(async (tx) => {
        await tx.query({ text: 'SELECT 1' });
        if (round % 2 === 0) throw new Error('no');
        // Left running: the transaction must not end before it, nor it run after the transaction.
        void tx.query({ text: 'SELECT pg_sleep(0.005)' }).catch(() => {});
      });
      await failure(work);
      expect((await driver.query({ text: 'SELECT current_user' })).rows).toEqual([['postgres']]);
      const state = await seenBy(
        `SELECT string_agg(state, ',') FROM pg_stat_activity WHERE application_name = 'leaky'`,
      );
      expect(state ?? 'closed').not.toContain('transaction');
    }
  });

  test('copies no faster than the reader reads', async () => {
    const { driver } = await opened({ poolSize: 1 });
    let bytes = 0;
    for await (const chunk of driver.copyOut(
      `COPY (SELECT repeat('x', 1000) FROM generate_series(1, 20000)) TO STDOUT`,
    )) {
      bytes += chunk.length;
    }
    expect(bytes).toBe(20_000 * 1_001);
    for await (const chunk of driver.copyOut('COPY (SELECT generate_series(1, 100000000)) TO STDOUT')) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect((await driver.query({ text: 'SELECT 1' })).rows).toEqual([['1']]);
  });
});
