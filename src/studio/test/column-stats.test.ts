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
      const ask = (table: string, column: string, all = false) =>
        shop.request('/studio/api/column', {
          method: 'POST',
          headers: { 'content-type': 'application/json', host: 'localhost' },
          body: JSON.stringify({ schema: 'public', table, column, all }),
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
        expect(await stats('large', 'kind', true)).toMatchObject({ rows: 400_000, sampled: false, common });
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
