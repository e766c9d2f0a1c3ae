import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { HOUSE, labelled } from '../../db/index.ts';
import { engines, pgliteInWorker } from '../../db/test/engines.ts';
import { eventually } from '../../db/test/eventually.ts';
import type {
  CatalogSummary,
  CountSummary,
  Explained,
  HistoryEntry,
  SlowQuery,
  SqlOutcome,
  SqlRun,
} from '../api/shapes.ts';
import { studioRoutes } from '../index.ts';
import { Live } from '../live/live.ts';
import { type Shop, serveShop } from './serve-shop.ts';

for (const engine of engines()) {
  describe.skipIf(engine.unavailable !== undefined)(
    `the studio's routes on ${engine.name} ${engine.unavailable ?? ''}`,
    () => {
      let shop: Shop;
      beforeAll(async () => {
        shop = await serveShop({ engine, timeLimits: { usual: 30_000, most: 60_000 } });
      });
      afterAll(() => shop[Symbol.asyncDispose]());

      /** What runs can be ended in another thread only. */
      const ending = engine.name === 'pglite' ? pgliteInWorker : engine;
      const runOn = (other: Shop, path: string, body: unknown) =>
        other.request(path, {
          method: 'POST',
          headers: { ...host, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
      const host = { host: 'localhost' };
      const get = (path: string, headers: Record<string, string> = {}) =>
        shop.request(path, { headers: { ...host, ...headers } });
      const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
        shop.request(path, {
          method: 'POST',
          headers: { ...host, 'content-type': 'application/json', ...headers },
          body: JSON.stringify(body),
        });
      /** The routes' own types say what is in the body. */
      const json = async <T>(response: Response | Promise<Response>): Promise<T> =>
        (await response).json() as Promise<T>;
      const run = (sql: string, more: object = {}): Promise<SqlRun> =>
        json(post('/studio/api/sql', { id: 'x', sql, ...more }));
      /** What the last statement of a run gave. */
      const last = async (sql: string, more: object = {}): Promise<SqlOutcome> => {
        const outcome = (await run(sql, more)).outcomes.at(-1);
        if (outcome === undefined) throw new Error('no statement ran');
        return outcome;
      };

      describe('the door in development', () => {
        const strangers: readonly { readonly name: string; readonly headers: Record<string, string> }[] = [
          { name: 'a name that was pointed at this machine', headers: { host: 'evil.example' } },
          { name: 'a page of another site', headers: { origin: 'https://evil.example' } },
          { name: 'a page of another port', headers: { origin: 'http://localhost:9' } },
          { name: 'a form of another site', headers: { 'sec-fetch-site': 'cross-site' } },
        ];
        for (const { name, headers } of strangers) {
          test(`refuses ${name}`, async () => {
            for (const path of ['/studio', '/studio/api/catalog', '/studio/api/live/slow']) {
              expect((await get(path, headers)).status).toBe(403);
            }
            expect((await post('/studio/api/sql', { id: 'x', sql: 'select 1' }, headers)).status).toBe(403);
          });
        }

        test('serves this machine a page that loads nothing from elsewhere', async () => {
          const page = await get('/studio');
          expect(page.status).toBe(200);
          expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
          const addresses = [...(await page.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(
            ([, address = '']) => address,
          );
          expect(addresses.filter((address) => !/^(\/studio\/|data:)/.test(address))).toEqual([]);
          const script = addresses.find((address) => address.endsWith('.js')) ?? '';
          const asset = await get(script, { 'accept-encoding': 'gzip' });
          expect(asset.headers.get('cache-control')).toContain('immutable');
          expect(asset.headers.get('content-encoding')).toBe('gzip');
        });
      });

      describe('the door in production', () => {
        test('does not open without a token in the settings', () => {
          const catalog = () => {
            throw new Error('not asked');
          };
          expect(() => studioRoutes({ driver: shop.driver, catalog, dev: false, live: new Live() })).toThrow('token');
        });

        test('opens to who has it, as a cookie or as a bearer', async () => {
          await using closed = await serveShop({ dev: false, token: 'open sesame' });
          const ask = (path: string, init: RequestInit = {}) => closed.request(path, init);
          expect((await ask('/studio/api/catalog')).status).toBe(401);
          expect((await ask('/studio/api/catalog', { headers: { authorization: 'Bearer open sesam' } })).status).toBe(
            401,
          );
          expect((await ask('/studio/api/catalog', { headers: { authorization: 'Bearer open sesame' } })).status).toBe(
            200,
          );
          expect(await (await ask('/studio')).text()).toContain('<form method="post"');
          const form = (token: string) => ({
            method: 'POST',
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
            body: new URLSearchParams({ token }).toString(),
          });
          expect((await ask('/studio/login', form('wrong'))).status).toBe(401);
          const entered = await ask('/studio/login', form('open sesame'));
          expect(entered.status).toBe(303);
          const cookie = entered.headers.get('set-cookie') ?? '';
          expect(cookie).toContain('HttpOnly');
          expect(cookie).toContain('SameSite=Strict');
          expect(cookie).not.toContain('sesame');
          const [pair = ''] = cookie.split(';');
          expect((await ask('/studio/api/catalog', { headers: { cookie: pair } })).status).toBe(200);
          const foreign = { ...form('open sesame'), headers: { 'sec-fetch-site': 'cross-site' } };
          expect((await ask('/studio/login', foreign)).status).toBe(403);
        });
      });

      describe('the console', () => {
        test('runs statements one by one in one session, until the first that fails', async () => {
          const { outcomes } = await run(
            'create temp table t (a int); insert into t values (1), (2); select a from t; select b from t; select 9',
          );
          expect(outcomes.map((it) => [it.command, it.count])).toEqual([
            ['CREATE TABLE', 0],
            ['INSERT', 2],
            ['SELECT', 2],
            ['', 0],
          ]);
          expect(outcomes[2]?.rows).toEqual([['1'], ['2']]);
          expect(outcomes[3]?.error?.code).toBe('42703');
        });

        test('says where in the whole text an error is', async () => {
          const sql = 'select 1;\n\nselect nope from orders';
          expect(sql.slice((await last(sql)).error?.position ?? 0)).toStartWith('nope');
          const update = 'update orders set nope = 1';
          expect(update.slice((await last(update)).error?.position ?? 0)).toStartWith('nope');
        });

        test('bounds the rows of each statement, and says so', async () => {
          const { outcomes } = await run('select generate_series(1, 100000) a; values (1), (2)', { limit: 10 });
          expect(outcomes[0]?.rows).toHaveLength(10);
          expect(outcomes.map((it) => it.truncated)).toEqual([true, false]);
        });

        const whole = [
          'select 1 as a -- at the end',
          'select 1 as a, 2 as a',
          'with x as (insert into shops (name) values ($$x$$) returning name) select * from x',
          'table shops',
          'select * from shops for update',
          'select id into temp taken from shops; select * from taken',
        ];
        for (const sql of whole) {
          test(`runs ${sql}`, async () => {
            const { outcomes } = await run(sql);
            expect(outcomes.map((it) => it.error)).toEqual(outcomes.map(() => null));
          });
        }

        test('rolls back a transaction that was left open, and says so', async () => {
          const before = await shop.column('select count(*) from shops');
          const { rolledBack } = await run("begin; insert into shops (name) values ('gone')");
          expect(rolledBack).toBe(true);
          expect(await shop.column('select count(*) from shops')).toEqual(before);
        });

        test('leaves nothing of a session behind', async () => {
          const look = "select current_setting('search_path'), to_regclass('pg_temp.kept') is null";
          const before = (await last(look)).rows;
          await run('set search_path to nowhere; create temp table kept (a int)');
          expect((await last(look)).rows).toEqual(before);
        });

        test('acts as a role with its claims where asked', async () => {
          const acting = { role: 'anon', claims: '{"sub":"u1"}' };
          const { rows } = await last(
            "select current_user, current_setting('request.jwt.claims')::json ->> 'sub', (select count(*) from orders where shop_id <> 1)",
            acting,
          );
          expect(rows).toEqual([['anon', 'u1', '0']]);
        });

        test('explains with real times, and takes back what the statement did', async () => {
          const before = await shop.column('select count(*) from shops');
          const explained = await json<Explained>(
            post('/studio/api/explain', { id: 'e', sql: "insert into shops (name) values ('x')", mode: 'analyze' }),
          );
          expect(explained.plan?.Plan['Node Type']).toBe('ModifyTable');
          expect(explained.plan?.['Execution Time']).toBeGreaterThan(0);
          expect(await shop.column('select count(*) from shops')).toEqual(before);
        });

        test('plans a text with parameters without their values', async () => {
          const sql = 'select * from orders where id = $1';
          const { plan } = await json<Explained>(post('/studio/api/explain', { id: 'g', sql, mode: 'generic' }));
          expect(JSON.stringify(plan)).toContain('$1');
        });

        test('cancels by id', async () => {
          await using other = await serveShop({ engine: ending });
          const send = (path: string, body: unknown) => runOn(other, path, body);
          const endless = send('/studio/api/sql', {
            id: 'slow',
            sql: 'select count(*) from generate_series(1, 100000000000)',
          });
          await eventually(async () => {
            const { cancelled } = await json<{ cancelled: boolean }>(send('/studio/api/cancel', { id: 'slow' }));
            return cancelled;
          });
          const { outcomes } = await json<SqlRun>(endless);
          expect(outcomes[0]?.error).toMatchObject({ code: '57014' });
          expect(await (await send('/studio/api/cancel', { id: 'slow' })).json()).toEqual({ cancelled: false });
        });

        test('ends a statement whose time is up', async () => {
          await using other = await serveShop({ engine: ending });
          const sql = 'select count(*) from generate_series(1, 100000000000)';
          const { outcomes } = await json<SqlRun>(runOn(other, '/studio/api/sql', { id: 'slow', sql, timeout: 300 }));
          expect(outcomes[0]?.error).toMatchObject({ code: '57014', message: expect.stringContaining('timeout') });
        });

        test('gives a statement the time that is asked for, and no more than there is', async () => {
          expect((await last('show statement_timeout', { timeout: 60_000 })).rows).toEqual([['1min']]);
          const refused = await post('/studio/api/sql', { id: 'x', sql: 'select 1', timeout: 60_001 });
          expect(refused.status).toBe(400);
          expect(await refused.json()).toMatchObject({
            hint: expect.stringContaining('HUTCH_STUDIO_STATEMENT_TIMEOUT'),
          });
          const { timeLimits } = await json<CatalogSummary>(get('/studio/api/catalog'));
          expect(timeLimits).toEqual({ usual: 30_000, most: 60_000 });
        });

        test('names the field that it cannot read', async () => {
          const answer = await post('/studio/api/sql', { id: 'x', sql: 1 });
          expect(answer.status).toBe(400);
          expect(await answer.json()).toMatchObject({
            code: 'studio_request_invalid',
            details: expect.stringContaining('sql'),
          });
        });
      });

      describe('the catalog', () => {
        test('has columns, keys, soft delete and since when changes are recorded', async () => {
          const { tables, canSign } = await json<CatalogSummary>(get('/studio/api/catalog'));
          expect(canSign).toBe(true);
          const orders = tables.find((table) => table.name === 'orders');
          expect(orders).toMatchObject({ primaryKey: ['id'], softDelete: { column: 'deleted_at' }, rowSecurity: true });
          expect(orders?.auditedSince).toMatch(/^\d{4}-/);
          expect(orders?.foreignKeys).toMatchObject([{ columns: ['shop_id'], table: 'shops' }]);
        });

        test('counts small tables exactly and names a table that is not there', async () => {
          const counts = await (await get('/studio/api/counts')).json();
          expect(counts).toContainEqual({ schema: 'public', table: 'orders', rows: 30, exact: true });
          const missing = await post('/studio/api/count', { schema: 'public', table: 'order' });
          expect(await missing.json()).toMatchObject({ code: 'not_found', hint: 'Did you mean orders?' });
        });

        test('estimates a table that has grown since its statistics by what it has become', async () => {
          await shop.driver.script('insert into readings select i, 0 from generate_series(20001, 80000) i');
          const counts = await json<CountSummary[]>(get('/studio/api/counts'));
          const readings = counts.find(({ table }) => table === 'readings');
          expect(readings?.exact).toBe(false);
          expect(Math.abs((readings?.rows ?? 0) - 80_000)).toBeLessThan(8_000);
          await shop.driver.script('delete from readings where id > 20000');
        });

        test('tells the history of a row', async () => {
          await shop.driver.script("update orders set title = 'Renamed' where id = 7");
          const row = { schema: 'public', table: 'orders', key: { id: '7' } };
          const { entries, current } = await json<{ entries: HistoryEntry[]; current: { title: string } }>(
            post('/studio/api/history', row),
          );
          expect(entries[0]).toMatchObject({
            operation: 'UPDATE',
            old: { title: 'Order 7' },
            new: { title: 'Renamed' },
          });
          expect(current.title).toBe('Renamed');
          expect(await (await post('/studio/api/history', { ...row, table: 'shops' })).json()).toMatchObject({
            code: 'audit_missing',
          });
        });
      });

      describe('the live view', () => {
        test('has each request with the statements it became, and no values of parameters', async () => {
          const request = await get('/rest/v1/orders?id=eq.7&select=title', { 'x-request-id': 'watched' });
          expect(request.status).toBe(200);
          const stream = await get('/studio/api/live/stream');
          const reader = stream.body?.getReader();
          const text = new TextDecoder().decode((await reader?.read())?.value);
          await reader?.cancel();
          const entries: { kind: string; id?: string; label?: string; text?: string; stages?: unknown[] }[] =
            JSON.parse(/data: (.*)/.exec(text)?.[1] ?? '[]');
          const found = entries.find((entry) => entry.id === 'watched');
          expect(found).toMatchObject({ kind: 'request', method: 'GET', status: 200 });
          expect(found?.stages?.length).toBeGreaterThan(1);
          const statements = entries.filter((entry) => entry.label === 'watched');
          expect(statements.some((entry) => entry.text?.includes('"orders"."title"'))).toBe(true);
          expect(JSON.stringify(statements)).not.toContain('= 7');
        });

        test('marks what Hutch does of itself, whichever way it goes to the database', async () => {
          const own = labelled(shop.driver, HOUSE);
          await own.query({ text: 'select 11' });
          await own.batch([{ text: 'select 12' }]);
          await own.script('select 13');
          await own.transaction((tx) => tx.query({ text: 'select 14' }));
          const session = await own.session();
          await session.query({ text: 'select 15' });
          await session.release();
          await shop.driver.query({ text: 'select 16' });
          const slow = await json<SlowQuery[]>(get('/studio/api/live/slow'));
          const marks = slow.filter(({ text }) => /^select 1\d$/.test(text)).map(({ text, own }) => [text, own]);
          expect(Object.fromEntries(marks)).toEqual({
            'select 11': true,
            'select 12': true,
            'select 13': true,
            'select 14': true,
            'select 15': true,
            'select 16': false,
          });
        });

        test('ranks queries by the time of all their runs', async () => {
          for (let i = 0; i < 3; i++) await run('select pg_sleep(0.02)');
          const slow = await json<SlowQuery[]>(get('/studio/api/live/slow'));
          const totals = slow.map(({ total }) => total);
          expect(totals).toEqual(totals.toSorted((a, b) => b - a));
          const slept = slow.find((query) => query.text === 'select pg_sleep(0.02)');
          expect(slept).toMatchObject({ count: 3 });
          expect(slept?.mean).toBeGreaterThan(18);
        });
      });
    },
  );
}
