import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import type { Driver } from '../driver.ts';
import { openPostgres, type PostgresOptions } from '../postgres/open.ts';
import { engines, postgresUrl } from './engines.ts';

setDefaultTimeout(60_000);

const [, postgres] = engines();
const suite = postgres?.unavailable === undefined ? describe : describe.skip;

suite('connections to a server', () => {
  let url: string;
  const open: Driver[] = [];
  beforeAll(async () => {
    url = await postgresUrl();
  });
  afterEach(async () => {
    for (const driver of open.splice(0)) await driver.close();
  });
  afterAll(() => {
    expect(open).toEqual([]);
  });

  async function opened(options: Partial<PostgresOptions>) {
    const driver = await openPostgres({ url, poolSize: 1, ...options });
    open.push(driver);
    const cell = async (text: string) => (await driver.query({ text })).rows[0]?.[0];
    return { driver, cell };
  }

  const names = `SELECT count(*) FROM pg_prepared_statements`;

  test('keep statements by name', async () => {
    const { cell } = await opened({});
    expect(await cell('SHOW statement_timeout')).toBe('30s');
    expect(Number(await cell(names))).toBeGreaterThan(1);
  });

  test('keep none where that is off, batches and transactions included', async () => {
    const { driver, cell } = await opened({ prepare: false });
    const statement = { text: 'SELECT $1::int + 1', params: ['1'] };
    const actor = { settings: { 'request.method': 'GET' } };
    const results = await driver.batch([statement, statement], { actor, readOnly: true });
    expect(results.map(({ rows }) => rows)).toEqual([[['2']], [['2']]]);
    expect((await driver.transaction((tx) => tx.query(statement))).rows).toEqual([['2']]);
    expect(await cell(names)).toBe('0');
  });

  test('have their statement timeout without a setting of the session where a pooler would refuse it', async () => {
    const { driver } = await opened({ prepare: false, statementTimeout: 100 });
    // on a busy machine this may take as long
    const setting = await driver.query({ text: 'SHOW statement_timeout' }, { timeout: 20_000 });
    expect(setting.rows).toEqual([['0']]);
    const slow = driver.query({ text: 'SELECT pg_sleep(20)' });
    expect(await slow.catch((error: unknown) => error)).toMatchObject({ code: '57014' });
    expect((await driver.query({ text: 'SELECT 1' }, { timeout: 20_000 })).rows).toEqual([['1']]);
  });

  test('are replaced once they are old, and not before', async () => {
    const [young, old] = [await opened({}), await opened({ maxLifetime: 50 })];
    const pids = () => Promise.all([young, old].map(({ cell }) => cell('SELECT pg_backend_pid()')));
    const before = await pids();
    await Bun.sleep(60);
    await pids();
    const after = await pids();
    expect(after.map((pid, index) => pid === before[index])).toEqual([true, false]);
  });
});
