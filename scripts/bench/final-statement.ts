import { randomBytes } from 'node:crypto';
import { loadConfig } from '../../src/config/index.ts';
import { loadPgrst } from '../../src/config/pgrst.ts';
import { type Driver, openPglite, openPostgres, type Statement } from '../../src/db/index.ts';
import { postgresUrl, withDatabase } from '../../src/db/test/engines.ts';
import { restHandler } from '../../src/http/pipeline.ts';
import { liveCatalog } from '../../src/server/catalog.ts';
import { restSettings } from '../../src/server/rest.ts';
import { type Case, DATASET } from './dataset.ts';

/** Where the dialect's statement has the body, for peers that run the same text. */
const BODY = '3';

let opened: Promise<Driver> | undefined;

async function dataset(): Promise<Driver> {
  const driver = await openPglite();
  await driver.script(DATASET);
  return driver;
}

/** The statement that a request ends in, as the environment of a peer that runs it without all the rest. */
export async function finalStatement({ method, url, body }: Case): Promise<Readonly<Record<string, string>>> {
  opened ??= dataset();
  const driver = await opened;
  let seen: Statement | undefined;
  const watched = new Proxy(driver, {
    get(target, key) {
      if (key !== 'batch') return Reflect.get(target, key);
      return (...args: Parameters<Driver['batch']>) => {
        [seen] = args[0];
        return target.batch(...args);
      };
    },
  });
  const pgrst = loadPgrst({ PGRST_DB_ANON_ROLE: 'anon' });
  const { current } = await liveCatalog(driver, {}, pgrst);
  const settings = restSettings(loadConfig({}), pgrst, false);
  const auth = () => ({ role: 'anon', claims: '{"role":"anon"}', authenticated: false });
  const headers = { 'content-type': 'application/json' };
  const request = new Request(`http://localhost/rest/v1${url}`, {
    method,
    headers,
    ...(body !== undefined && { body }),
  });
  const response = await restHandler({ driver: watched, catalog: current, settings, auth })(request);
  if (!response.ok || seen === undefined) throw new Error(await response.text());
  return { SQL: seen.text, PARAMS: JSON.stringify(seen.params ?? []), COLUMN: BODY, STATUS: String(response.status) };
}

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
    await driver.script(sql);
  } finally {
    await driver.close();
  }
}
