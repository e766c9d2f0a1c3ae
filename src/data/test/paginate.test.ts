import { expect, test } from 'bun:test';
import { eq, sql } from 'drizzle-orm';
import { boolean, integer, pgEnum, pgTable, serial, text, timestamp } from 'drizzle-orm/pg-core';
import { drizzleOver } from '../../db/drizzle/drizzle.ts';
import type { Database } from '../database.ts';
import { type OrderItem, offsetPage, type PageSettings, page } from '../paginate/index.ts';
import { onEngines } from './on-engines.ts';

const mood = pgEnum('Mood', ['calm', 'glad', 'mad']);

const posts = pgTable('posts', {
  id: serial().primaryKey(),
  title: text().notNull(),
  score: integer(),
  mood: mood().notNull(),
  hidden: boolean().notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
});

const keyless = pgTable('keyless', { title: text() });

/** Many ties and nulls, and times that differ by microseconds only. */
const SCHEMA = `
  create type "Mood" as enum ('calm', 'glad', 'mad');
  create table posts (id serial primary key, title text not null, score int, mood "Mood" not null, hidden boolean not null, created_at timestamptz not null);
  insert into posts (title, score, mood, hidden, created_at)
    select 't' || g % 4, nullif(g % 5, 0), (array['calm', 'glad', 'mad'])[1 + g % 3]::"Mood", g % 7 = 0,
      '2026-01-01'::timestamptz + (g % 6) * interval '1 microsecond' from generate_series(1, 60) g;
  create table keyless (title text);`;

onEngines('page', SCHEMA, ({ db, driver }) => {
  const orders: readonly [title: string, order: OrderItem | readonly OrderItem[]][] = [
    ['the key', []],
    ['one column', posts.title],
    ['microseconds, newest first', { desc: posts.createdAt }],
    ['mixed directions', [{ desc: posts.title }, posts.createdAt, { desc: posts.id }]],
    ['nulls last', [posts.score]],
    ['nulls first', [{ asc: posts.score, nulls: 'first' }]],
    ['nulls of a descending order', [{ desc: posts.score }, posts.title]],
    ['descending with nulls last', [{ desc: posts.score, nulls: 'last' }, { desc: posts.title }]],
    ['an enum and a flag', [posts.mood, { desc: posts.hidden }]],
    ['an expression', [{ desc: { expression: sql`upper(${posts.title})`, type: 'text' } }, posts.score]],
  ];
  for (const [title, order] of orders) {
    test(`by ${title}: forward and back it meets every row once, in order`, async () => {
      const all = (await offsetPage(db, posts, { order, size: 100 })).rows.map(({ id }) => id);
      expect(all.length).toBe(60);
      const settings = { order, limit: 7 } satisfies PageSettings<undefined>;
      const seen: number[][] = [];
      let current = await page(db, posts, settings);
      expect(current.previous).toBeNull();
      while (true) {
        seen.push(current.rows.map(({ id }) => id));
        if (current.next === null) break;
        current = await page(db, posts, { ...settings, after: current.next });
      }
      expect(seen.flat()).toEqual(all);
      const back: number[][] = [];
      while (current.previous !== null) {
        current = await page(db, posts, { ...settings, before: current.previous });
        back.unshift(current.rows.map(({ id }) => id));
      }
      expect(back.flat()).toEqual(all.slice(0, 56));
    });
  }

  test('the documented example, with fields and counts', async () => {
    const settings = {
      order: [{ desc: posts.createdAt }],
      where: eq(posts.title, 't1'),
      limit: 10,
      fields: { id: posts.id },
    } as const;
    const first = await page(db, posts, { ...settings, count: 'exact' });
    expect([first.rows.length, first.count]).toEqual([10, 15]);
    const second = await page(db, posts, { ...settings, after: first.next, count: 'estimated' });
    expect([second.rows.length, second.next, second.count]).toEqual([5, null, 15]);
    expect(Object.keys(second.rows[0] ?? {})).toEqual(['id']);
    await driver.script('analyze posts');
    expect((await page(db, posts, { count: 'planned' })).count).toBe(60);
  });

  test('rows that come and go meanwhile neither repeat nor hide others', async () => {
    const first = await page(db, posts, { limit: 10 });
    await db.delete(posts).where(sql`id in (3, 10)`);
    await db.insert(posts).values({ id: -1, title: 'new', mood: 'calm', hidden: false, createdAt: new Date() });
    const second = await page(db, posts, { limit: 10, after: first.next });
    expect(second.rows.map(({ id }) => id)).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
  });

  test('cursors are checked and bound to their query', async () => {
    const { next } = await page(db, posts, { order: posts.title, limit: 5 });
    const cursor = next ?? '';
    const damaged = [
      `${cursor}x`,
      cursor.slice(1),
      cursor.slice(0, -2),
      `A${cursor.slice(1)}`,
      'hello',
      ' ',
      '%',
      'a'.repeat(200),
    ];
    for (const after of damaged) {
      await expect(page(db, posts, { order: posts.title, after })).rejects.toMatchObject({
        code: 'cursor_invalid',
        field: 'after',
      });
    }
    const others: PageSettings<undefined>[] = [
      { order: posts.score },
      { order: { desc: posts.title } },
      { order: posts.title, where: eq(posts.title, 't1') },
    ];
    for (const other of others) {
      await expect(page(db, posts, { ...other, after: cursor })).rejects.toMatchObject({ code: 'cursor_mismatch' });
    }
    const t1 = await page(db, posts, { where: eq(posts.title, 't1'), limit: 2 });
    await expect(page(db, posts, { where: eq(posts.title, 't2'), after: t1.next })).rejects.toMatchObject({
      code: 'cursor_mismatch',
    });
    await expect(page(db, posts, { order: posts.title, after: cursor, secret: 'mine' })).rejects.toMatchObject({
      code: 'cursor_invalid',
    });
  });

  test('a forged cursor is refused where it has no secret, too', async () => {
    const { next } = await page(db, posts, { limit: 5 });
    const body = Buffer.from(next ?? '', 'base64url').subarray(12, 18);
    for (const place of ['["no number"]', '["1", "2"]', '[null]', '[1]', '{}', 'null', '[', '']) {
      const forged = Buffer.concat([body, Buffer.from(place)]);
      const check = new Bun.CryptoHasher('sha256', 'hutch').update(forged).digest().subarray(0, 12);
      const after = Buffer.concat([check, forged]).toString('base64url');
      await expect(page(db, posts, { limit: 5, after })).rejects.toMatchObject({
        code: 'cursor_invalid',
        field: 'after',
      });
    }
  });

  test('what cannot be a page', async () => {
    for (const limit of [0, -1, 1.5, Number.NaN, 1_001]) {
      await expect(page(db, posts, { limit })).rejects.toMatchObject({ code: 'page_invalid', field: 'limit' });
    }
    await expect(page(db, posts, { after: 'a', before: 'b' })).rejects.toMatchObject({
      code: 'page_invalid',
      field: 'before',
    });
    await expect(page(db, keyless)).rejects.toMatchObject({ code: 'page_invalid', field: 'order' });
    await expect(offsetPage(db, posts, { page: 0 })).rejects.toMatchObject({ code: 'page_invalid', field: 'page' });
    await expect(offsetPage(db, posts, { page: 99_999_999 })).rejects.toMatchObject({
      code: 'page_invalid',
      field: 'page',
    });
  });

  test('offset pages and their number', async () => {
    const second = await offsetPage(db, posts, { order: { desc: posts.id }, page: 2, size: 25, count: 'exact' });
    expect([second.rows[0]?.id, second.count, second.pages]).toEqual([35, 60, 3]);
  });

  test('far pages are read from the index, and no more rows of it than are wanted', async () => {
    await driver.script(`
      insert into posts (title, score, mood, hidden, created_at)
        select 'x' || g, nullif(g % 10, 0), 'calm', false, now() from generate_series(1, 6000) g;
      create index on posts (created_at desc, id desc); create index on posts (score desc, id); analyze posts`);
    const orders: readonly (OrderItem | readonly OrderItem[])[] = [
      { desc: posts.createdAt },
      [{ desc: posts.score }, posts.id],
      [posts.score, { desc: posts.id }],
    ];
    for (const order of orders) {
      for (let next = (await page(db, posts, { order, limit: 1000 })).next; next !== null; ) {
        const settings = { order, after: next };
        const plan = await settledPlan((logged) => page(logged, posts, { ...settings, limit: 10 }));
        expect(plan.filter((line) => /Sort|Seq Scan|Bitmap/.test(line))).toEqual([]);
        const read = plan.flatMap((line) => /Index.* Scan.*actual rows=(\d+)/.exec(line)?.[1] ?? []);
        expect(read.reduce((sum, rows) => sum + Number(rows), 0)).toBeLessThanOrEqual(11);
        next = (await page(db, posts, { ...settings, limit: 1000 })).next;
      }
    }
  });

  /** How a page was answered, lines of EXPLAIN, once its statement has been executed so often that Postgres has settled for a plan. */
  async function settledPlan(work: (db: Database) => unknown): Promise<readonly string[]> {
    let [text, values] = ['', ''];
    const logQuery = (query: string, params: unknown[]) => {
      [text, values] = [query, params.map((value) => `'${value}'`).join(', ')];
    };
    await work(drizzleOver(driver, { logger: { logQuery } }));
    await driver.script(`prepare far as ${text}`);
    const explain = `explain (analyze, costs off, timing off, summary off) execute far(${values})`;
    for (let times = 0; times < 6; times++) await driver.script(explain);
    const { rows } = await driver.query({ text: explain, prepare: false });
    await driver.script('deallocate far');
    return rows.map(([line]) => line ?? '');
  }
});
