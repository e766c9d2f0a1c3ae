import { describe, expect, test } from 'bun:test';
import { readCatalog } from '../../catalog/index.ts';
import { runOn } from '../../catalog/test/databases.ts';
import { engines, freshDatabase, type TestEngine } from '../../db/test/engines.ts';
import { defaultRestSettings } from '../../rest/index.ts';
import { apiPage } from '../api-page.ts';

/** So many tables that anybody may read, a function, and a table that nobody may. */
const schemaOf = (tables: number): string => `
DO $$ BEGIN CREATE ROLE anon NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
${Array.from({ length: tables }, (_, i) => `CREATE TABLE table_${100 + i} (id integer PRIMARY KEY, name text);`).join('')}
CREATE FUNCTION do_it() RETURNS integer LANGUAGE sql AS 'SELECT 1';
GRANT USAGE ON SCHEMA public TO anon;
GRANT ALL ON ALL TABLES IN SCHEMA public TO anon;
CREATE TABLE secret (id integer);
`;

async function pageOf(engine: TestEngine, tables: number) {
  const driver = await freshDatabase(engine);
  await driver.script(schemaOf(tables));
  const catalog = await readCatalog(runOn(driver), { schemas: ['public'], version: driver.version });
  const settings = { ...defaultRestSettings, anonRole: 'anon' };
  const app = apiPage({
    driver,
    catalog: () => catalog,
    settings,
    auth: () => ({ role: 'anon', claims: '{}', authenticated: false }),
  });
  return {
    text: async (path: string) => (await app.request(path)).text(),
    async described(path: string): Promise<readonly string[]> {
      const document: unknown = await (await app.request(path)).json();
      return Object.keys((document as { paths: object }).paths); // what an OpenAPI document has
    },
    [Symbol.asyncDispose]: () => driver.close({ graceMs: 0 }),
  };
}

const specOf = (html: string): string => /"url":"([^"]*)"/.exec(html)?.[1] ?? '';

for (const engine of engines()) {
  describe.skipIf(engine.unavailable !== undefined)(
    `the API page on ${engine.name} ${engine.unavailable ?? ''}`,
    () => {
      test('shows a small schema as a whole', async () => {
        await using page = await pageOf(engine, 20);
        const html = await page.text('/docs');
        expect(html).not.toContain('<nav');
        expect(await page.described(specOf(html))).toHaveLength(22);
      });

      test('shows a large schema in parts, and leads to each table and function of it', async () => {
        await using page = await pageOf(engine, 100);
        const html = await page.text('/docs');
        expect(specOf(html)).toBe('/rest/v1/openapi.json?part=0');
        expect(html).not.toContain('secret');
        const options = [...html.matchAll(/<option value="\?part=(\d+)#tag\/([^"]+)">([^<]+)/g)];
        expect(options.map(([, , , name]) => name)).toHaveLength(101);
        expect(options.find(([, , , name]) => name === 'table_155')?.slice(1)).toEqual(['1', 'table-155', 'table_155']);
        expect(options.at(-1)?.slice(1)).toEqual(['2', 'rpc-do-it', 'do_it()']);
        expect(await page.text('/docs?part=1')).toContain('Shown: table_140 – table_179, part 2 of 3.');
        const parts = await Promise.all([0, 1, 2].map((part) => page.described(`/rest/v1/openapi.json?part=${part}`)));
        expect(parts.map(({ length }) => length)).toEqual([41, 41, 22]);
        const whole = await page.described('/rest/v1/openapi.json');
        expect(new Set(parts.flat())).toEqual(new Set(whole));
      });

      test('begins at the first part where there is no such part', async () => {
        await using page = await pageOf(engine, 100);
        for (const part of ['9', '-1', 'x', '1.5', ''])
          expect(await page.text(`/docs?part=${part}`)).toContain('part 1 of 3.');
      });
    },
  );
}
