import { randomBytes } from 'node:crypto';
import { loadConfig } from '../../src/config/index.ts';
import { loadPgrst } from '../../src/config/pgrst.ts';
import { type Driver, openPglite, openPostgres, type Statement } from '../../src/db/index.ts';
import { postgresUrl, withDatabase } from '../../src/db/test/engines.ts';
import { restHandler } from '../../src/http/pipeline.ts';
import { restSettings } from '../../src/server/application/rest.ts';
import { liveCatalog } from '../../src/server/database/catalog.ts';
import { type Case, DATASET } from './dataset.ts';

let opened: Promise<Driver> | undefined;

async function dataset(): Promise<Driver> {
  const driver = await openPglite();
  await driver.script(DATASET, { timeout: 120_000 });
  return driver;
}

/** The statement that a request ends in, as the environment of a peer that runs it without all the rest. */
export async function finalStatement(it: Case): Promise<Readonly<Record<string, string>>> {
  opened ??= dataset();
  const driver = await opened;
  const seen: Statement[] = [];
  const response = await answer(watched(driver, seen), it);
  const statement = seen.find(({ text }) => MAIN.test(text));
  if (!response.ok || statement === undefined) throw new Error(`no statement: ${await response.text()}`);
  const [result] = await driver.batch([statement], { end: 'rollback' });
  return {
    SQL: statement.text,
    PARAMS: JSON.stringify(statement.params ?? []),
    COLUMN: String(result?.fields.findIndex(({ name }) => name === 'body')),
    STATUS: String(response.status),
  };
}

/** What tells the dialect's statement from those around it. */
const MAIN = /^WITH pgrst_source/;

async function answer(driver: Driver, { method, url, body }: Case): Promise<Response> {
  const pgrst = loadPgrst({ PGRST_DB_ANON_ROLE: 'anon' });
  const { current } = await liveCatalog(driver, {}, pgrst);
  const settings = restSettings(loadConfig({}), pgrst, false);
  const auth = () => ({ role: 'anon', claims: '{"role":"anon"}', authenticated: false });
  const headers = { 'content-type': 'application/json' };
  const request = new Request(`http://localhost/rest/v1${url}`, { method, headers, ...(body && { body }) });
  return restHandler({ driver, catalog: current, settings, auth })(request);
}

/** The driver, and every statement that is given to it, by whichever way. */
function watched(driver: Driver, seen: Statement[]): Driver {
  return new Proxy(driver, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== 'function') return member;
      return (...args: readonly unknown[]) => {
        seen.push(...args.flat().filter(isStatement));
        return member.apply(target, args);
      };
    },
  });
}

const isStatement = (value: unknown): value is Statement =>
  typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string';

/** A database of its own on the test server, with the tables. */
export async function scratchDatabase(): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const server = await postgresUrl();
  const name = `hutch_bench_${randomBytes(6).toString('hex')}`;
  await run(server, `CREATE DATABASE ${name} TEMPLATE template0`);
  const url = withDatabase(server, name);
  await run(url, DATASET);
  return { url, drop: () => run(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function run(url: string, sql: string): Promise<void> {
  const driver = await openPostgres({ url, poolSize: 1 });
  try {
    await driver.script(sql, { timeout: 120_000 });
  } finally {
    await driver.close();
  }
}
