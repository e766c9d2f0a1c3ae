import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { defineRelations } from 'drizzle-orm';
import { relations } from 'drizzle-orm/_relations';
import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import type { Driver } from '../../../db/index.ts';
import { engines } from '../../../db/test/engines.ts';
import { drizzleStudioApp } from '../index.ts';

const authors = pgTable('authors', {
  id: integer('id').primaryKey(),
  slug: text('slug').$defaultFn(() => 'made in code'),
});
const books = pgTable('books', { id: integer('id').primaryKey(), authorId: integer('author_id') });
const bookRelations = relations(books, ({ one }) => ({
  author: one(authors, { fields: [books.authorId], references: [authors.id] }),
}));

const defined = defineRelations({ authors, books }, (r) => ({
  authors: {
    books: r.many.books({ from: r.authors.id, to: r.books.authorId }),
    readers: r.many.authors({ from: r.authors.id.through(r.books.id), to: r.authors.id.through(r.books.authorId) }),
  },
}));

const STUDIO = { host: 'localhost:4983', origin: 'https://local.drizzle.studio', 'content-type': 'application/json' };

for (const engine of engines()) {
  describe.skipIf(engine.unavailable !== undefined)(
    `Drizzle Studio on ${engine.name} ${engine.unavailable ?? ''}`,
    () => {
      let driver: Driver;
      beforeAll(async () => {
        driver = await engine.open();
        await driver.script(
          'CREATE TABLE authors (id int PRIMARY KEY, slug text); CREATE TABLE books (id int, author_id int)',
        );
      });
      afterAll(() => driver.close());

      const app = (token?: string) =>
        drizzleStudioApp({
          driver,
          token,
          identity: 'test',
          schema: async () => ({ authors, books, bookRelations, defined }),
        });
      const ask = async (body: unknown, headers: Record<string, string> = STUDIO, token?: string) => {
        const response = await app(token).request('/', { method: 'POST', headers, body: JSON.stringify(body) });
        return { status: response.status, headers: response.headers, body: await response.json() };
      };
      const proxy = (sql: string, params: unknown[] = [], mode = 'object') =>
        ask({ type: 'proxy', data: { sql, params, mode, method: 'all' } });

      test('init tells the protocol, the dialect and what only the schema knows', async () => {
        const { body } = await ask({ type: 'init' });
        expect(body).toMatchObject({
          version: '6.3',
          dialect: 'postgresql',
          customDefaults: [{ schema: 'public', table: 'authors', column: 'slug' }],
          relations: [
            {
              name: 'author',
              type: 'one',
              table: 'books',
              columns: ['author_id'],
              refTable: 'authors',
              refColumns: ['id'],
            },
            {
              name: 'books',
              type: 'many',
              table: 'authors',
              columns: ['id'],
              refTable: 'books',
              refColumns: ['author_id'],
            },
          ],
        });
      });

      test('proxy gives values as the page knows them', async () => {
        const sql = `SELECT $1::int AS i, 9007199254740993::bigint AS big, true AS b, '{"x":1}'::jsonb AS j,
        '2026-01-02'::date AS d, ARRAY['a','b "c"',NULL] AS a, '\\xdead'::bytea AS bytes, $2::text[] AS p, 1.50 AS n`;
        expect((await proxy(sql, [7, ['x', 'y,z']])).body).toEqual([
          {
            i: 7,
            big: '9007199254740993',
            b: true,
            j: { x: 1 },
            d: '2026-01-02',
            a: ['a', 'b "c"', null],
            bytes: '3q0=',
            p: ['x', 'y,z'],
            n: '1.50',
          },
        ]);
        expect((await proxy('SELECT 1 AS x, 2 AS x', [], 'array')).body).toEqual([[1, 2]]);
        expect((await proxy('SELECT 1 AS x; SELECT 2 AS x')).body).toEqual([{ x: 2 }]);
      });

      test('a failing query is an answer', async () => {
        const { body, status } = await proxy('SELECT nope');
        expect(status).toBe(200);
        expect(body).toMatchObject({ status: 'error', code: '42703', error: 'column "nope" does not exist' });
      });

      test('tproxy is one transaction', async () => {
        const insert = (id: number) => ({ sql: `INSERT INTO authors VALUES (${id}, 'x') RETURNING id` });
        expect((await ask({ type: 'tproxy', data: [insert(1), insert(2)] })).body).toEqual([[{ id: 1 }], [{ id: 2 }]]);
        const failed = (await ask({ type: 'tproxy', data: [insert(3), insert(1)] })).body;
        expect(failed).toMatchObject([[{ id: 3 }], { code: '23505' }]);
        expect((await proxy('SELECT count(*)::int AS n FROM authors')).body).toEqual([{ n: 2 }]);
      });

      test('bproxy measures, defaults are made in code', async () => {
        const { body } = await ask({ type: 'bproxy', data: { query: { sql: 'SELECT 1' }, repeats: 2 } });
        expect(body).toMatchObject({ queries: [{ total: expect.any(Number) }, { planning: expect.any(Number) }] });
        const column = { schema: 'public', table: 'authors', column: 'slug' };
        expect((await ask({ type: 'defaults', data: [column] })).body).toEqual([{ ...column, value: 'made in code' }]);
        expect((await ask({ type: 'defaults', data: [{ ...column, column: 'id' }] })).body).toMatchObject({
          status: 'error',
        });
      });

      test('what is not of the protocol is refused', async () => {
        expect((await ask({ type: 'eval', data: 'x' })).status).toBe(400);
        expect((await ask('nonsense')).status).toBe(400);
      });

      const origins = [
        { name: 'the page', headers: STUDIO, status: 200 },
        { name: 'this machine', headers: { host: '127.0.0.1:4983', origin: 'http://localhost:3000' }, status: 200 },
        { name: 'a program here', headers: { host: '[::1]:4983' }, status: 200 },
        {
          name: 'a page of a stranger',
          headers: { host: 'localhost:4983', origin: 'https://evil.example' },
          status: 403,
        },
        {
          name: 'a look-alike',
          headers: { host: 'localhost:4983', origin: 'https://local.drizzle.studio.evil.example' },
          status: 403,
        },
        { name: 'a sandboxed frame', headers: { host: 'localhost:4983', origin: 'null' }, status: 403 },
        { name: 'a page from a file', headers: { host: 'localhost:4983', origin: 'file://' }, status: 403 },
        { name: 'the IPv6 loopback', headers: { host: '[::1]:4983', origin: 'http://[::1]:3000' }, status: 200 },
        { name: 'a rebound name', headers: { host: 'evil.example:4983' }, status: 403 },
      ];
      for (const { headers, name, status } of origins) {
        test(`${name}: ${status}`, async () => {
          const answer = await ask({ type: 'init' }, headers as Record<string, string>);
          expect(answer.status).toBe(status);
          const { origin } = headers as { origin?: string };
          expect(answer.headers.get('access-control-allow-origin')).toBe(status === 200 && origin ? origin : null);
        });
      }

      test('behind a token', async () => {
        const remote = { host: 'db.example.com', 'content-type': 'application/json' };
        expect((await ask({ type: 'init' }, STUDIO, 'secret')).status).toBe(403);
        expect((await ask({ type: 'init' }, { ...remote, authorization: 'Bearer wrong' }, 'secret')).status).toBe(403);
        expect((await ask({ type: 'init' }, { ...remote, authorization: 'Bearer secret' }, 'secret')).status).toBe(200);
      });
    },
  );
}
