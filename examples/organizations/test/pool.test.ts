import { describe, expect, test } from 'bun:test';
import { sql } from 'drizzle-orm';
import { ConnectionError, type Driver, openPglite } from 'hutch';
import { createDbConnection } from '../src/db.ts';
import { appOn, by, john, organizationsDatabase } from './database.ts';

const server = process.env.TEST_DATABASE_URL;
const { driver } = organizationsDatabase({ commits: true });

/** The embedded engine has one connection, so there the pool has the size of one. */
const size = server === undefined ? 1 : 2;

/** A small pool of its own, onto the database of the test; embedded: an engine of its own. */
async function smallPool(): Promise<Driver> {
  if (server === undefined) return openPglite({ queueTimeout: 150 });
  const { rows } = await driver.query({ text: 'select current_database()' });
  const url = new URL(server);
  url.pathname = `/${rows[0]?.[0]}`;
  return (await createDbConnection({ url: url.href, poolSize: size, poolTimeout: 150 })).driver;
}

/** Transactions that were begun and not ended, as a forgotten `release` leaves them. */
async function hold(pool: Driver, count: number) {
  const ending = Promise.withResolvers<void>();
  const begun: Promise<void>[] = [];
  const ended = Array.from({ length: count }, () => {
    const start = Promise.withResolvers<void>();
    begun.push(start.promise);
    return pool.transaction(async (tx) => {
      await tx.query({ text: 'select 1' });
      start.resolve();
      await ending.promise;
    });
  });
  await Promise.all(begun);
  return async () => {
    ending.resolve();
    await Promise.all(ended);
  };
}

describe('Issue: Connection pool exhausted', () => {
  test('is seen, is an answer and not a hang, and passes', async () => {
    const pool = await smallPool();
    const release = await hold(pool, size);
    expect(pool.stats()).toMatchObject({ size, busy: size, idle: 0 });
    const noPlace = await pool.query({ text: 'select 1' }).catch((error: unknown) => error);
    expect(noPlace).toBeInstanceOf(ConnectionError);
    expect(noPlace).toMatchObject({ code: 'pool_timeout' });
    await release();
    expect((await pool.query({ text: 'select 1' })).rows).toEqual([['1']]);
    expect(pool.stats()).toMatchObject({ busy: 0, waiting: 0 });
    await pool.close();
  });

  test('does not come from routes: each gives its connection back, whatever happens in it', async () => {
    const app = appOn(driver);
    for (let i = 0; i < 5; i++) {
      const requests = Array.from({ length: 20 }, (_, n) =>
        app.request('/organizations', n % 2 === 0 ? refused : failing),
      );
      await Promise.all(requests);
    }
    expect(driver.stats()).toMatchObject({ busy: 0, waiting: 0 });
    expect((await app.request('/organizations/org_acme', by(john))).status).toBe(200);
  });
});

const organization = { id: 'org_x', name: 'X', plan: 'FREE', by: 'user_john' };
const failing = by(john, 'POST', organization);
const refused = by(john, 'POST', {});

describe('Database Connection', () => {
  test('a database that is away is an error at once, in one sentence', async () => {
    const attempt = createDbConnection({ url: 'postgres://nobody@127.0.0.1:1/none' });
    expect(await attempt.catch((error: unknown) => error)).toMatchObject({ code: 'unreachable' });
  });

  test.skipIf(server === undefined)('a pool of five (skipped: TEST_DATABASE_URL names no server)', async () => {
    const { driver: pool, db } = await createDbConnection({ url: server ?? '' });
    expect(await db.execute(sql`select 1 as one`)).toMatchObject([{ one: 1 }]);
    expect(pool.stats().size).toBe(5);
    await pool.close();
  });
});
