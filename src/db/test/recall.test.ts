import { afterEach, expect, setDefaultTimeout, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Driver } from '../driver.ts';
import { openPglite } from '../pglite/open.ts';

/** Starts of engines take a while on a machine that is busy. */
setDefaultTimeout(60_000);

/** What a start knows of the start before: answers hold for the state of the folder in which they were given, and no other. */

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function dataFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hutch-recall-'));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'pgdata');
}

const COUNT = { text: 'SELECT count(*) FROM pg_class WHERE relname = $1', params: ['n'] };

/** The question of every start here, with the number of statements that reached the engine for it. */
async function start(dataDir: string, questions: (asking: Driver) => Promise<unknown> = ask) {
  const driver = await openPglite({ dataDir, early: true });
  undo.push(() => driver.close());
  let reached = 0;
  driver.observe(() => reached++);
  const answer = await questions(driver.asking());
  return { driver, answer, reached };
}

const ask = async (asking: Driver) => (await asking.query(COUNT)).rows[0]?.[0];

test('a start in the state of the last one is told what that was told, without the engine', async () => {
  const dataDir = await dataFolder();
  const first = await start(dataDir);
  expect({ answer: first.answer, reached: first.reached }).toEqual({ answer: '0', reached: 1 });
  await first.driver.script('CREATE TABLE n (n int)');
  await first.driver.close();

  const second = await start(dataDir);
  expect({ answer: second.answer, reached: second.reached }).toEqual({ answer: '1', reached: 0 });
  expect(second.driver.version).toMatch(/^\d+\.\d+$/);
  await second.driver.opened;
  expect((await second.driver.query(COUNT)).rows[0]?.[0]).toBe('1');
});

test('errors are answers too', async () => {
  const missing = (asking: Driver) =>
    asking.query({ text: 'SELECT * FROM not_there' }).catch((error: unknown) => error);
  const dataDir = await dataFolder();
  const first = await start(dataDir, missing);
  await first.driver.close();
  const second = await start(dataDir, missing);
  expect(second.answer).toEqual(first.answer);
  expect(second.answer).toHaveProperty('code', '42P01');
  expect(second.reached).toBe(0);
});

test('nothing is recalled of a folder that somebody has had open in between', async () => {
  const dataDir = await dataFolder();
  await (await start(dataDir)).driver.close();
  const other = await openPglite({ dataDir });
  await other.script('CREATE TABLE n (n int)');
  await other.close();
  expect(await start(dataDir)).toMatchObject({ answer: '1', reached: 1 });
});

test('nothing is recalled after a crash', async () => {
  const dataDir = await dataFolder();
  await (await start(dataDir)).driver.close();
  const code = `
    import { openPglite } from './pglite/open.ts';
    const driver = await openPglite({ dataDir: process.argv.at(-1), early: true });
    await driver.script('CREATE TABLE n (n int)');
    process.kill(process.pid, 'SIGKILL');`;
  await Bun.spawn([process.execPath, '-e', code, dataDir], { cwd: join(import.meta.dir, '..') }).exited;
  expect(await start(dataDir)).toMatchObject({ answer: '1', reached: 1 });
});

test('what changes the database is done, and what follows is asked anew', async () => {
  const changing = async (asking: Driver) => {
    const before = await ask(asking);
    await asking.script('CREATE TABLE IF NOT EXISTS n (n int); INSERT INTO n VALUES (1)');
    return [before, await ask(asking)];
  };
  const dataDir = await dataFolder();
  const first = await start(dataDir, changing);
  expect(first.answer).toEqual(['0', '1']);
  await first.driver.query({ text: 'DROP TABLE n' });
  await first.driver.close();
  const second = await start(dataDir, changing);
  expect(second.answer).toEqual(['0', '1']);
  expect((await second.driver.query({ text: 'SELECT count(*) FROM n' })).rows[0]?.[0]).toBe('1');
});

test('a question that writes is never asked again by itself', async () => {
  const writing = async (asking: Driver) => {
    await asking.script('CREATE TABLE IF NOT EXISTS n (n int)');
    return (await asking.query({ text: 'INSERT INTO n VALUES (1) RETURNING (SELECT count(*) FROM n)' })).rows[0]?.[0];
  };
  const dataDir = await dataFolder();
  for (const rows of ['0', '1', '2']) {
    const { driver, answer } = await start(dataDir, writing);
    expect(answer).toBe(rows);
    await driver.close();
  }
});
