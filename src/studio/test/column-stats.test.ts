import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { engines } from '../../db/test/engines.ts';
import type { ColumnStats } from '../api/shapes.ts';
import { type Shop, serveShop } from './serve-shop.ts';

const sql = `
CREATE TABLE kinds (
  id integer PRIMARY KEY, flag boolean, name text, doc jsonb, plain json, at point, tags text[], token uuid, "Odd ""name" numeric
);
INSERT INTO kinds SELECT i, CASE WHEN i < 3 THEN NULL ELSE i % 2 = 0 END, CASE WHEN i = 1 THEN repeat('z', 500) ELSE '' END,
  '{"a": 1}', '{"a": 1}', '(1,2)', '{x,y}', ('00000000-0000-0000-0000-00000000000' || i % 3)::uuid, i / 2.0 FROM generate_series(1, 9) i;
CREATE VIEW some_kinds AS SELECT * FROM kinds WHERE id > 5;
CREATE TABLE large (id integer, kind text);
INSERT INTO large SELECT i, CASE WHEN i % 10 = 0 THEN 'rare' ELSE 'usual' END FROM generate_series(1, 400000) i;
CREATE TABLE parts (id integer) PARTITION BY RANGE (id);
CREATE TABLE parts_low PARTITION OF parts FOR VALUES FROM (0) TO (100);
INSERT INTO parts SELECT i % 7 FROM generate_series(1, 70) i;
`;

for (const engine of engines()) {
  describe.skipIf(engine.unavailable !== undefined)(
    `what a column holds on ${engine.name} ${engine.unavailable ?? ''}`,
    () => {
      let shop: Shop;
      beforeAll(async () => {
        shop = await serveShop({ engine, sql });
      });
      afterAll(() => shop[Symbol.asyncDispose]());
      interface More {
        readonly all?: boolean;
        readonly query?: string;
        readonly deleted?: boolean;
        readonly role?: string;
      }
      const ask = (table: string, column: string, more: More = {}) =>
        shop.request('/studio/api/column', {
          method: 'POST',
          headers: { 'content-type': 'application/json', host: 'localhost' },
          body: JSON.stringify({ schema: 'public', table, column, ...more }),
        });
      const stats = async (...asked: Parameters<typeof ask>) => (await (await ask(...asked)).json()) as ColumnStats; // what the route gives

      const cases: readonly { table?: string; column: string; holds: Partial<ColumnStats> }[] = [
        {
          column: 'id',
          holds: { rows: 9, sampled: false, nulls: 0, distinct: 9, smallest: '1', largest: '9', common: [] },
        },
        { column: 'flag', holds: { nulls: 2, distinct: 2, smallest: 'false', largest: 'true' } },
        {
          column: 'name',
          holds: { distinct: 2, smallest: '', largest: 'z'.repeat(200), common: [{ value: '', rows: 8 }] },
        },
        { column: 'doc', holds: { distinct: 1, common: [{ value: '{"a": 1}', rows: 9 }] } },
        { column: 'plain', holds: { distinct: 1, smallest: null, common: [{ value: '{"a": 1}', rows: 9 }] } },
        { column: 'at', holds: { distinct: 1, smallest: null, largest: null } },
        { column: 'tags', holds: { common: [{ value: '{x,y}', rows: 9 }] } },
        { column: 'token', holds: { distinct: 3, smallest: '00000000-0000-0000-0000-000000000000' } },
        { column: 'Odd "name', holds: { smallest: '0.50000000000000000000', distinct: 9 } },
        { table: 'some_kinds', column: 'id', holds: { rows: 4, sampled: false, smallest: '6' } },
        { table: 'parts', column: 'id', holds: { rows: 70, sampled: false, distinct: 7 } },
      ];
      test.each(cases)('$table $column', async ({ table = 'kinds', column, holds }) => {
        expect(await stats(table, column)).toMatchObject(holds);
      });

      test('a large table by a sample, or by all of its rows', async () => {
        const sample = await stats('large', 'kind');
        expect(sample).toMatchObject({ sampled: true, distinct: 2, smallest: 'rare', largest: 'usual' });
        expect(sample.rows).toBeGreaterThan(50_000);
        expect(sample.rows).toBeLessThan(400_000);
        const common = [
          { value: 'usual', rows: 360_000 },
          { value: 'rare', rows: 40_000 },
        ];
        expect(await stats('large', 'kind', { all: true })).toMatchObject({ rows: 400_000, sampled: false, common });
      });

      test('only what the conditions of an address let through', async () => {
        const named = await stats('kinds', 'Odd "name', { query: 'id=gt.5&name=not.is.null' });
        expect(named).toMatchObject({ rows: 4, sampled: false, smallest: '3.0000000000000000', distinct: 4 });
        expect(await stats('kinds', 'flag', { query: 'or=(id.eq.1,id.eq.4)' })).toMatchObject({ rows: 2, nulls: 1 });
        const plain = await stats('kinds', 'plain', { query: 'id=lt.3' });
        expect(plain).toMatchObject({ rows: 2, smallest: null, common: [{ value: '{"a": 1}', rows: 2 }] });
        expect(await stats('large', 'id', { query: 'kind=eq.rare' })).toMatchObject({ rows: 40_000, sampled: false });
        const many = { query: 'id=gt.0' };
        expect(await stats('large', 'id', many)).toMatchObject({ rows: 100_000, sampled: true });
        expect(await stats('large', 'id', { ...many, all: true })).toMatchObject({ rows: 400_000, sampled: false });
      });

      test('deleted rows where they are shown, and no more than a role sees', async () => {
        await shop.driver.script('update orders set deleted_at = now() where id = 3');
        const few = { query: 'id=lt.5' };
        expect(await stats('orders', 'id', few)).toMatchObject({ rows: 3 });
        expect(await stats('orders', 'id', { ...few, deleted: true })).toMatchObject({ rows: 4 });
        expect(await stats('orders', 'shop_id', { role: 'anon' })).toMatchObject({ distinct: 1, largest: '1' });
      });

      test('conditions that there are not', async () => {
        const answer = await ask('kinds', 'id', { query: 'nam=eq.1' });
        expect(answer.status).toBe(400);
        expect(await answer.json()).toMatchObject({ details: 'column kinds.nam does not exist' });
      });

      test('names that there are not', async () => {
        for (const [table, column, near] of [
          ['kinds', 'nam', 'Did you mean name?'],
          ['kind', 'id', 'Did you mean kinds?'],
        ] as const) {
          const answer = await ask(table, column);
          expect(answer.status).toBe(404);
          expect(await answer.json()).toMatchObject({ hint: near });
        }
      });
    },
  );
}
