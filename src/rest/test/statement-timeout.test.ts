import { expect, test } from 'bun:test';
import { readCatalog } from '../../catalog/index.ts';
import { engines, freshDatabase, pgliteInWorker } from '../../db/test/engines.ts';
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
      const run = async (text: string, params: readonly (string | null)[]) =>
        (await driver.query({ text, params })).rows;
      const catalog = await readCatalog(run, { schemas: ['api'] });
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
