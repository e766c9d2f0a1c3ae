import { describe, expect, test } from 'bun:test';
import { readCatalog } from '../../catalog/index.ts';
import { runOn } from '../../catalog/test/databases.ts';
import type { Driver, RunOptions, Transaction } from '../../db/index.ts';
import { engines, freshDatabase, pgliteInWorker } from '../../db/test/engines.ts';
import { copiedPieces, paceOf } from '../stream/copied-pieces.ts';
import { restApp, testSettings } from './app.ts';

const fixture = `
CREATE SCHEMA api;
CREATE ROLE timeout_anon;
GRANT USAGE ON SCHEMA api TO timeout_anon;
CREATE FUNCTION api.slow() RETURNS int STABLE LANGUAGE plpgsql SET statement_timeout = '300ms' AS $$
DECLARE n int := 0; BEGIN LOOP n := (n + 1) % 1000; END LOOP; END $$;
CREATE FUNCTION api.quick() RETURNS int STABLE LANGUAGE sql SET statement_timeout = '10min' AS $$ SELECT 1 $$`;

const ways = [pgliteInWorker, ...engines().filter(({ name }) => name === 'postgres')].flatMap((engine) =>
  ['application/json', 'application/x-ndjson'].map((accept) => ({ engine, accept })),
);

for (const { engine, accept } of ways) {
  test.skipIf(engine.unavailable !== undefined)(
    `a function's own statement timeout holds on ${engine.name} for ${accept}`,
    async () => {
      await using driver = await freshDatabase(engine);
      await driver.script(`${engine.name === 'postgres' ? 'DROP ROLE IF EXISTS timeout_anon;' : ''}${fixture}`);
      const catalog = await readCatalog(runOn(driver), { schemas: ['api'] });
      const caller = { role: 'timeout_anon', claims: '{}', authenticated: false };
      const app = restApp({ driver, catalog: () => catalog, settings: testSettings, auth: () => caller });
      const ask = (name: string) => app.request(`/rest/v1/rpc/${name}`, { headers: { accept } });
      expect((await (await ask('quick')).text()).trimEnd()).toBe('1');
      const slow = await ask('slow');
      expect(slow.status).toBe(500);
      expect(await slow.json()).toMatchObject({ code: '57014' });
      // The embedded engine starts anew after it, which a database in memory does not survive.
      if (engine.name === 'postgres') await driver.script('DROP SCHEMA api CASCADE; DROP ROLE timeout_anon');
    },
  );
}

describe('a stream', () => {
  const driver = { capabilities: { serverCancel: true } } as Driver; // all that is asked of it
  const role = { role: 'exporter', settings: { search_path: 'api' } };

  test('has no limit as a whole, unless the role or the function has one', () => {
    const lifted = { role: 'exporter', settings: { search_path: 'api', statement_timeout: '0' } };
    expect(paceOf(driver, role, 30_000)).toEqual({ actor: lifted, timeout: 30_000, silence: 30_000 });
    expect(paceOf(driver, role, 0)).toEqual({ actor: role, timeout: undefined, silence: 0 });
    const own = { role: 'exporter', settings: { statement_timeout: '5s' } };
    expect(paceOf(driver, own, 30_000)).toEqual({ actor: own, timeout: undefined, silence: 0 });
  });

  /** A server that gives so many pieces, and then nothing until it is cancelled. */
  const server = (pieces: number): Transaction => {
    async function* copyOut(_sql: string, { signal }: RunOptions = {}) {
      for (let n = 0; n < pieces; n++) yield new Uint8Array([n]);
      signal?.throwIfAborted();
      await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    }
    return { copyOut } as unknown as Transaction; // nothing else is called
  };

  test('is ended where the server is silent for too long, or the client hangs up', async () => {
    const seen: number[] = [];
    const reading = async (silence: number, hangUp?: () => AbortSignal) => {
      for await (const [n] of copiedPieces(server(3), 'COPY', silence, { hangUp })) seen.push(n ?? -1);
    };
    const error = await reading(50).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: '57014', message: 'canceling statement due to statement timeout' });
    const gone = await reading(60_000, () => AbortSignal.abort('gone')).catch((reason: unknown) => reason);
    expect([gone, seen]).toEqual(['gone', [0, 1, 2, 0, 1, 2]]);
  });
});

/** Rows that each come in time and together take longer than the limit; and one that does not come. */
const paced = `
CREATE SCHEMA api;
CREATE VIEW api.some AS SELECT repeat('x', 400000) AS x, pg_sleep(0.4)::text AS slept FROM generate_series(1, 12);
CREATE VIEW api.none AS SELECT pg_sleep(10)::text AS slept`;

for (const engine of [pgliteInWorker, ...engines().filter(({ name }) => name === 'postgres')]) {
  test.skipIf(engine.unavailable !== undefined || process.env.HUTCH_TEST_LONG === undefined)(
    `a stream may take longer than the statement timeout while its rows come on ${engine.name}`,
    async () => {
      const statementTimeout = 3_000;
      await using driver = await freshDatabase(engine, { statementTimeout });
      await driver.script(paced, { timeout: 60_000 });
      const run = async (text: string, params: readonly (string | null)[]) =>
        (await driver.query({ text, params }, { timeout: 60_000 })).rows;
      const catalog = await readCatalog(run, { schemas: ['api'] });
      const role = (await driver.query({ text: 'SELECT current_user' })).rows[0]?.[0] ?? '';
      const caller = { role, claims: '{}', authenticated: false };
      const broken: unknown[] = [];
      const app = restApp({
        driver,
        catalog: () => catalog,
        settings: testSettings,
        auth: () => caller,
        statementTimeout,
        onError: (error) => broken.push(error),
      });
      const ask = (name: string) => app.request(`/rest/v1/${name}`, { headers: { accept: 'application/x-ndjson' } });
      expect((await (await ask('some')).text()).trimEnd().split('\n')).toHaveLength(12);
      expect(broken).toEqual([]);
      // ended last: the embedded engine starts anew, which a database in memory does not survive
      const none = await ask('none');
      expect([none.status, await none.json()]).toMatchObject([
        500,
        { code: '57014', message: 'canceling statement due to statement timeout' },
      ]);
    },
  );
}
