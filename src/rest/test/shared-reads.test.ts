import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readCatalog } from '../../catalog/index.ts';
import { runOn } from '../../catalog/test/databases.ts';
import type { Driver } from '../../db/index.ts';
import { engines, freshDatabase } from '../../db/test/engines.ts';
import { restApp, testSettings } from './app.ts';

const role = (name: string): string =>
  `DO $$ BEGIN CREATE ROLE ${name}; EXCEPTION WHEN duplicate_object THEN END $$; GRANT USAGE ON SCHEMA api TO ${name};
   GRANT SELECT ON ALL TABLES IN SCHEMA api TO ${name};`;

const FIXTURE = `
CREATE SCHEMA api;
CREATE TABLE api.notes (id int PRIMARY KEY, owner text, n int);
INSERT INTO api.notes SELECT i, CASE i % 2 WHEN 0 THEN 'ann' ELSE 'bob' END, i % 5 FROM generate_series(1, 40) i;
CREATE VIEW api.quotients WITH (security_invoker) AS SELECT id, 10 / n AS quotient FROM api.notes;
ALTER TABLE api.notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON api.notes USING (owner = current_setting('request.jwt.claims')::json ->> 'sub');
${role('together_reader')} ${role('together_other')}
REVOKE SELECT ON api.quotients FROM together_other;`;

const HEADERS = `
CREATE FUNCTION public.tell() RETURNS text LANGUAGE sql AS $$ SELECT set_config('response.headers', '[{"x-told": "yes"}]', true) $$;
CREATE VIEW api.telling AS SELECT id, public.tell() AS told FROM api.notes WHERE id = 1;
GRANT SELECT ON api.telling TO together_reader;`;

const ann = { role: 'together_reader', sub: 'ann' };
const bob = { role: 'together_reader', sub: 'bob' };
const other = { role: 'together_other', sub: 'ann' };

type Asked = readonly [caller: { readonly role: string; readonly sub: string }, path: string];

const asked: readonly Asked[] = [
  [ann, 'notes?id=eq.2'],
  [bob, 'notes?id=eq.2'],
  [ann, 'quotients?id=eq.4'],
  [ann, 'quotients?id=eq.10'],
  [other, 'quotients?id=eq.4'],
  [other, 'notes?id=eq.4&select=id'],
  [bob, 'notes?select=n::text&order=id&limit=3&offset=2'],
  [ann, 'notes?id=eq.nonsense'],
  [ann, 'notes?id=eq.6'],
];

for (const engine of engines()) {
  describe.skipIf(engine.unavailable !== undefined)(`reads at the same time on ${engine.name}`, () => {
    let driver: Driver & AsyncDisposable;
    beforeAll(async () => {
      driver = await freshDatabase(engine, { poolSize: 2 });
      await driver.script(FIXTURE);
    }, 60_000);
    afterAll(() => driver.close());

    /** Sends a request, and gives all of its answer that a client sees. */
    const client = async () => {
      const catalog = await readCatalog(runOn(driver), {
        schemas: ['api'],
      });
      const app = restApp({
        driver,
        catalog: () => catalog,
        settings: { ...testSettings, txEnd: 'commit' },
        auth: ({ headers }) => {
          const claims = JSON.parse(headers.get('x-claims') ?? '{}');
          return { role: claims.role, claims: JSON.stringify(claims), authenticated: true };
        },
      });
      return async ([caller, path]: Asked) => {
        const response = await app.request(`/rest/v1/${path}`, { headers: { 'x-claims': JSON.stringify(caller) } });
        const { status, headers } = response;
        return {
          status,
          told: headers.get('x-told'),
          range: headers.get('content-range'),
          body: await response.text(),
        };
      };
    };

    test('are each answered as if they had been alone', async () => {
      const send = await client();
      const alone: Awaited<ReturnType<typeof send>>[] = [];
      for (const one of asked) alone.push(await send(one));
      expect(new Set(alone.map(({ status }) => status))).toEqual(new Set([200, 400, 403]));
      const crowd = Array.from({ length: 10 }, () => asked).flat();
      expect(await Promise.all(crowd.map(send))).toEqual(Array.from({ length: 10 }, () => alone).flat());
    });

    test('hear nothing of what another set', async () => {
      await driver.script(HEADERS);
      const send = await client();
      const both: readonly Asked[] = [
        [ann, 'telling'],
        [ann, 'notes?id=eq.2'],
      ];
      for (const one of both) await send(one);
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => both)
          .flat()
          .map(send),
      );
      expect(answers.map(({ told }) => told)).toEqual(Array.from({ length: 20 }, () => ['yes', null]).flat());
    });
  });
}
