import { afterEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HutchError } from '../../errors/index.ts';
import { ConnectionError, DatabaseError } from '../driver.ts';
import { spaceLack } from '../pglite/disk-space.ts';
import type { Lease } from '../pglite/lease.ts';
import { openPglite } from '../pglite/open.ts';
import { ownerOf, ownFolder } from '../pglite/owner.ts';
import { query } from '../protocol/frontend.ts';
import { Writer } from '../protocol/writer.ts';

/** Starts and restarts of engines take a while on a machine that is busy. */
setDefaultTimeout(60_000);

/** What is particular to the embedded engine: its folder, its owner, and what happens when it dies. */

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

test('a disk that is full is named where an engine does not start', async () => {
  const folder = tmpdir();
  const withFree = (bavail: number) => spaceLack(folder, () => ({ bavail, bsize: 4_096 }));
  expect(withFree(100)).toBe(`; the disk is full: ${folder} has 0.4 MB left`);
  expect(withFree(1_000_000)).toBe('');
  expect(spaceLack(join(folder, 'not', 'there'))).toBe('');
  expect(spaceLack(undefined)).toBe('');
});

async function dataFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hutch-pglite-'));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'pgdata');
}

async function opened(options: Parameters<typeof openPglite>[0] = {}) {
  const logged: string[] = [];
  const driver = await openPglite({ log: (line) => logged.push(line), ...options });
  undo.push(() => driver.close());
  const cell = async (text: string) => (await driver.query({ text })).rows[0]?.[0];
  return { driver, logged, cell };
}

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

/** Runs code in a process of its own, given the folder as its last argument; resolves when it has printed `wanted`. */
async function inProcess(code: string, folder: string, wanted: string) {
  const child = Bun.spawn([process.execPath, '-e', code, folder], {
    cwd: join(import.meta.dir, '..'),
    stdout: 'pipe',
    stderr: 'inherit',
  });
  undo.push(async () => child.kill('SIGKILL'));
  let printed = '';
  for await (const chunk of child.stdout) {
    printed += new TextDecoder().decode(chunk);
    if (printed.includes(wanted)) break;
  }
  return { child, printed };
}

const WRITER = `
  import { openPglite } from './pglite/open.ts';
  const driver = await openPglite({ dataDir: process.argv.at(-1) });
  await driver.script('CREATE TABLE IF NOT EXISTS n (id int PRIMARY KEY)');
  driver.ownership.announce({ http: 'http://127.0.0.1:3000', postgres: 'postgres://127.0.0.1:54322/postgres' });
  for (let id = 1; ; id++) {
    await driver.query({ text: 'INSERT INTO n VALUES ($1)', params: [String(id)] });
    process.stdout.write(id + '\\n');
  }`;

describe('a data folder', () => {
  test('is made from the template, and found again', async () => {
    const dataDir = await dataFolder();
    const { driver } = await opened({ dataDir });
    await driver.script('CREATE TABLE kept (a int); INSERT INTO kept VALUES (7)');
    await driver.close();
    const { cell } = await opened({ dataDir });
    expect(await cell('SELECT a FROM kept')).toBe('7');
  });

  test('opened twice in one process is one engine', async () => {
    const dataDir = await dataFolder();
    const [first, second] = await Promise.all([openPglite({ dataDir }), openPglite({ dataDir })]);
    undo.push(() => first.close());
    expect(second).toBe(first);
  });

  test('loses nothing acknowledged when its process is killed', async () => {
    const dataDir = await dataFolder();
    const { child, printed } = await inProcess(WRITER, dataDir, '\n200\n');
    child.kill('SIGKILL');
    await child.exited;
    const acknowledged = Number(printed.trim().split('\n').at(-1));
    const { cell } = await opened({ dataDir });
    expect(Number(await cell('SELECT max(id) FROM n'))).toBeGreaterThanOrEqual(acknowledged);
    expect(await cell('SELECT count(*) = max(id) FROM n')).toBe('t');
  }, 60_000);

  test('with fsync calls fsync, and works', async () => {
    const { driver, cell } = await opened({ dataDir: await dataFolder(), fsync: true });
    await driver.script('CREATE TABLE durable (a int); INSERT INTO durable VALUES (1)');
    expect(await cell('SHOW fsync')).toBe('on');
    expect(await cell('SELECT count(*) FROM durable')).toBe('1');
  });
});

describe('the owner of a folder', () => {
  test('is respected while it lives, and named', async () => {
    const dataDir = await dataFolder();
    const { child } = await inProcess(WRITER, dataDir, '1\n');
    const error = await failure(openPglite({ dataDir }));
    expect(error).toBeInstanceOf(HutchError);
    expect(error).toMatchObject({
      code: 'database_owned',
      details: `${dataDir} is open in process ${child.pid}, which serves http://127.0.0.1:3000.`,
      hint: expect.stringContaining('postgres://127.0.0.1:54322/postgres'),
    });
    expect(ownerOf(dataDir)).toMatchObject({ pid: child.pid });
  }, 60_000);

  test('that has died, or left its file behind, is not', async () => {
    const dataDir = await dataFolder();
    await writeFile(`${dataDir}.lock`, JSON.stringify({ pid: process.pid, startedAt: 'long ago' }));
    expect(ownerOf(dataDir)).toBeUndefined();
    const ownership = ownFolder(dataDir);
    expect(ownerOf(dataDir)).toMatchObject({ pid: process.pid });
    ownership.release();
    expect(ownerOf(dataDir)).toBeUndefined();
    expect(existsSync(`${dataDir}.lock`)).toBe(true);
  });
});

describe('an engine that dies', () => {
  /** What PGlite has no system for. */
  const DEADLY = `COPY (SELECT 1) TO PROGRAM 'true'`;

  test('is started again, and says so once', async () => {
    const { driver, logged, cell } = await opened({ dataDir: await dataFolder() });
    await driver.script('CREATE TABLE safe (a int); INSERT INTO safe VALUES (1)');
    const [error, waiting] = await Promise.all([failure(driver.query({ text: DEADLY })), cell('SELECT a FROM safe')]);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ code: 'restarted' });
    expect(waiting).toBe('1');
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('with all that was committed');
  });

  test('takes the transaction that it was in with it', async () => {
    const { driver, cell } = await opened({ dataDir: await dataFolder() });
    await driver.script('CREATE TABLE safe (a int)');
    const error = await failure(
      driver.transaction(async (tx) => {
        await tx.query({ text: 'INSERT INTO safe VALUES (1)' });
        await tx.query({ text: DEADLY }).catch(() => {});
        await tx.query({ text: 'INSERT INTO safe VALUES (2)' });
      }),
    );
    expect(error).toMatchObject({ code: 'restarted' });
    expect(await cell('SELECT count(*) FROM safe')).toBe('0');
  });

  test('still hears what was listened to', async () => {
    const { driver } = await opened({ dataDir: await dataFolder() });
    const heard = Promise.withResolvers<string>();
    let resumed = 0;
    await driver.listen('news', heard.resolve, () => resumed++);
    await failure(driver.query({ text: DEADLY }));
    await driver.notify('news', 'alive');
    expect(await heard.promise).toBe('alive');
    expect(resumed).toBe(1);
  });
});

describe('a request', () => {
  test('is heard whatever its length and that of its reply, at once and after a silence', async () => {
    const { driver } = await opened({ statementTimeout: 25_000 });
    const text = 'SELECT length($1), repeat($2, $3)';
    for (const silence of [0, 0, 95, 100, 105, 250]) {
      for (const [sent, wanted] of [
        [1, 1],
        [40_000, 1],
        [1, 1],
        [1, 40_000],
        [40_000, 1_000_000],
      ] as const) {
        const params = ['x'.repeat(sent), 'y', String(wanted)];
        const { rows } = await driver.query({ text, params });
        expect(rows).toEqual([[String(sent), 'y'.repeat(wanted)]]);
        await Bun.sleep(silence);
      }
    }
    await driver.close(); // a message as well
  });
});

describe('a statement without end', () => {
  const FOREVER = 'SELECT count(*) FROM generate_series(1, 100000000000)';

  test('is ended at its time limit; those in the queue just wait', async () => {
    const { driver } = await opened({ dataDir: await dataFolder(), statementTimeout: 300 });
    const patient = { timeout: 25_000 }; // on a busy machine these may take as long
    await driver.script('CREATE TABLE safe (a int); INSERT INTO safe VALUES (1)', patient);
    const started = performance.now();
    const running = failure(driver.query({ text: FOREVER }));
    const waiting = driver.query({ text: 'SELECT a FROM safe' }, patient);
    expect(await running).toBeInstanceOf(DatabaseError);
    expect(await running).toMatchObject({ code: '57014', message: 'canceling statement due to statement timeout' });
    expect(performance.now() - started).toBeLessThan(30_000); // the usual limit
    expect((await waiting).rows).toEqual([['1']]);
  });

  test('is ended by its signal', async () => {
    const { driver, cell } = await opened();
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    const running = driver.query({ text: FOREVER }, { signal: abort.signal, timeout: 600_000 });
    expect(await failure(running)).toMatchObject({ code: '57014' });
    expect(await cell('SELECT 1')).toBe('1');
  });

  test('does not hold up the event loop', async () => {
    const { driver } = await opened();
    const abort = new AbortController();
    let ticks = 0;
    const ticking = setInterval(() => ++ticks === 10 && abort.abort(), 5);
    const error = await failure(driver.query({ text: FOREVER }, { signal: abort.signal, timeout: 600_000 }));
    clearInterval(ticking);
    expect([error, ticks >= 10]).toMatchObject([{ code: '57014' }, true]);
  });
});

describe('a lease', () => {
  /** The bodies of the reply's messages. */
  const ask = async (lease: Lease, sql: string): Promise<string> => {
    const writer = new Writer();
    query(writer, sql);
    let reply = '';
    await lease.exchange(writer.take(), (_type, buffer, start, end) => {
      reply += buffer.toString('latin1', start, end);
    });
    return reply;
  };

  test('speaks raw protocol, and knows the state of its transaction', async () => {
    const { driver } = await opened();
    const lease = await driver.lease({ owner: 'a' });
    expect(await ask(lease, 'BEGIN; SELECT 42')).toContain('42');
    expect(lease.state).toBe('open');
    await ask(lease, 'SELECT 1/0');
    expect(lease.state).toBe('failed');
    await lease.release();
    expect((await driver.query({ text: 'SELECT 1' })).rows).toEqual([['1']]);
  });

  test('keeps its state for the same owner, and shows it to no other', async () => {
    const { driver, cell } = await opened();
    const first = await driver.lease({ owner: 'a' });
    expect(first.fresh).toBe(true);
    await ask(first, `SET application_name = 'mine'`);
    await first.release();
    const again = await driver.lease({ owner: 'a' });
    expect(again.fresh).toBe(false);
    expect(await ask(again, 'SHOW application_name')).toContain('mine');
    await again.release();
    expect(await cell('SHOW application_name')).not.toBe('mine');
    const later = await driver.lease({ owner: 'a' });
    expect(later.fresh).toBe(true);
    await later.release();
  });

  test('lets owners take turns', async () => {
    const { driver } = await opened();
    const order: string[] = [];
    const held = await driver.lease({ owner: 'first' });
    const wait = async (owner: string) => {
      const lease = await driver.lease({ owner });
      order.push(owner);
      await lease.release();
    };
    const all = [wait('greedy'), wait('greedy'), wait('greedy'), wait('modest')];
    await held.release();
    await Promise.all(all);
    expect(order).toEqual(['greedy', 'modest', 'greedy', 'greedy']);
  });

  test('keeps notifications out of replies, for those who listen', async () => {
    const { driver } = await opened();
    const heard: string[] = [];
    await driver.listen('news', (payload) => heard.push(payload));
    const lease = await driver.lease({ owner: 'a' });
    const answer = await ask(lease, `SELECT pg_notify('news', 'extra')`);
    await lease.release();
    expect(heard).toEqual(['extra']);
    expect(answer).not.toContain('extra');
  });
});

describe('extensions', () => {
  test('are there when they are named', async () => {
    const { driver, cell } = await opened({ extensions: ['pg_trgm'] });
    await driver.script('CREATE EXTENSION pg_trgm');
    expect(await cell(`SELECT similarity('word', 'word')`)).toBe('1');
  });

  test('unknown ones are refused with the nearest name', async () => {
    expect(String(await failure(openPglite({ extensions: ['pg_trgmm'] })))).toContain('pg_trgm');
  });
});
