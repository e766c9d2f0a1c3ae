import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readCatalog } from '../../catalog/index.ts';
import { runOn } from '../../catalog/test/databases.ts';
import type { Driver } from '../../db/index.ts';
import { engines, freshDatabase } from '../../db/test/engines.ts';
import { restApp, testSettings } from './app.ts';

setDefaultTimeout(60_000);

const FIXTURE = `
CREATE SCHEMA api;
CREATE TABLE api.notes (id int PRIMARY KEY);
CREATE FUNCTION api.enter(tenant text) RETURNS text LANGUAGE sql AS $$ SELECT set_config('app.tenant', tenant, false) $$;
CREATE FUNCTION api.enter_by_trigger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN SET app.tenant = 'trigger'; RETURN new; END $$;
CREATE TRIGGER enter BEFORE INSERT ON api.notes FOR EACH ROW EXECUTE FUNCTION api.enter_by_trigger();
CREATE FUNCTION api.tenant() RETURNS text LANGUAGE sql STABLE AS $$ SELECT coalesce(current_setting('app.tenant', true), '') $$;
DO $$ BEGIN CREATE ROLE keeping; EXCEPTION WHEN duplicate_object THEN END $$;
GRANT USAGE ON SCHEMA api TO keeping; GRANT ALL ON api.notes TO keeping;`;

for (const engine of engines()) {
  describe.skipIf(engine.unavailable !== undefined)(`a setting for the session on ${engine.name}`, () => {
    let driver: Driver & AsyncDisposable;
    beforeAll(async () => {
      driver = await freshDatabase(engine, { poolSize: 1 });
      await driver.script(FIXTURE);
    });
    afterAll(() => driver.close());

    const send = async (path: string, body?: string, type = 'application/json') => {
      const catalog = await readCatalog(runOn(driver), {
        schemas: ['api'],
      });
      const app = restApp({
        driver,
        catalog: () => catalog,
        settings: { ...testSettings, txEnd: 'commit' },
        auth: () => ({ role: 'keeping', claims: '{}', authenticated: true }),
      });
      const headers = { 'content-type': type, prefer: 'return=minimal' };
      const response = await app.request(
        `/rest/v1/${path}`,
        body === undefined ? {} : { method: 'POST', headers, body },
      );
      return { ok: response.ok, body: await response.text() };
    };

    const ways: Readonly<Record<string, readonly [path: string, body: string, type?: string]>> = {
      'a function': ['rpc/enter', '{"tenant":"7"}'],
      "a write's trigger": ['notes', '{"id":1}'],
      'a stream of rows': ['notes', '{"id":2}\n{"id":3}\n', 'application/x-ndjson'],
    };

    for (const [name, asked] of Object.entries(ways)) {
      test(`by ${name} is not there for the next request`, async () => {
        expect(await send(...asked)).toMatchObject({ ok: true });
        expect(await send('rpc/tenant')).toEqual({ ok: true, body: '""' });
      });
    }
  });
}
