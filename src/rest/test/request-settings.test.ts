import { describe, expect, test } from 'bun:test';
import { type Catalog, readCatalog } from '../../catalog/index.ts';
import { runOn } from '../../catalog/test/databases.ts';
import type { Driver } from '../../db/index.ts';
import { engines, freshDatabase } from '../../db/test/engines.ts';
import { restApp, testSettings } from './app.ts';

const ROLE = 'settings_reader';
const FIXTURE = `
DO $$ BEGIN CREATE ROLE ${ROLE}; EXCEPTION WHEN duplicate_object THEN END $$;
CREATE SCHEMA api;
GRANT USAGE ON SCHEMA api TO ${ROLE};
CREATE TABLE api.notes (id int);
INSERT INTO api.notes VALUES (1);
GRANT SELECT ON api.notes TO ${ROLE};`;

const REQUEST = ['request.cookies', 'request.headers', 'request.jwt.claims', 'request.method', 'request.path'];
const MINE = ['app.settings.Mine', 'app.settings.other'];

/** Code in the database, and what is then set for a request. */
const cases: Readonly<Record<string, { readonly sql?: string; readonly sets: readonly string[] }>> = {
  nobody: { sets: [] },
  'a policy': {
    sql: `ALTER TABLE api.notes ENABLE ROW LEVEL SECURITY;
      CREATE POLICY own ON api.notes USING (current_setting('request.jwt.claims')::json ->> 'role' = '${ROLE}')`,
    sets: ['request.jwt.claims'],
  },
  'a function': {
    sql: `CREATE FUNCTION api.f() RETURNS text LANGUAGE sql AS $$
      SELECT current_setting('request.headers') || current_setting('app.settings.mine') $$`,
    sets: ['app.settings.Mine', 'request.headers'],
  },
  'a function that is told the name': {
    sql: `CREATE FUNCTION api.f(name text) RETURNS text LANGUAGE sql AS 'SELECT current_setting(name)'`,
    sets: [...MINE, ...REQUEST],
  },
};

for (const engine of engines()) {
  describe.skipIf(engine.unavailable !== undefined)(`what is set on ${engine.name} for`, () => {
    for (const [name, { sql = '', sets }] of Object.entries(cases)) {
      test(name, async () => {
        await using driver = await freshDatabase(engine);
        await driver.script(`${FIXTURE}${sql}`);
        const catalog = await catalogOf(driver);
        expect(await settingsSent(driver, catalog, 'read')).toEqual([...sets]);
        expect(await settingsSent(driver, catalog, 'always')).toEqual([...MINE, ...REQUEST]);
      });
    }
  });
}

const catalogOf = (driver: Driver): Promise<Catalog> => readCatalog(runOn(driver), { schemas: ['api'] });

/** What a request that reads a row sets for code in the database, besides role and search path. */
async function settingsSent(driver: Driver, catalog: Catalog, requestSettings: 'read' | 'always') {
  const sent: string[] = [];
  const watched = new Proxy(driver, {
    get(target, key) {
      if (key !== 'batch') return Reflect.get(target, key, target);
      return (...[statements, options]: Parameters<Driver['batch']>) => {
        sent.push(...Object.keys(options?.actor?.settings ?? {}));
        return target.batch(statements, options);
      };
    },
  });
  const app = restApp({
    driver: watched,
    catalog: () => catalog,
    settings: { ...testSettings, requestSettings, appSettings: MINE.map((name) => [name, 'a value'] as const) },
    auth: () => ({ role: ROLE, claims: JSON.stringify({ role: ROLE }), authenticated: true }),
  });
  const response = await app.request('/rest/v1/notes', { headers: { cookie: 'a=b' } });
  expect(await response.json()).toEqual([{ id: 1 }]);
  return sent.filter((name) => name !== 'search_path').sort();
}
