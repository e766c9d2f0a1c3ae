/** The last page of a million rows by keyset, against the first one. */
import { bigserial, integer, pgTable, timestamp } from 'drizzle-orm/pg-core';
import { type OrderItem, page } from '../../../src/data/paginate/index.ts';
import { type Driver, drizzleOver } from '../../../src/db/index.ts';
import { byTurns, figure, Meter } from '../meter.ts';
import type { TableRow } from '../results.ts';
import { amount } from '../selection.ts';

const LIMIT = 20;
/** Pages of one sample. */
const PAGES = 50;

const posts = pgTable('posts', {
  id: bigserial({ mode: 'number' }).primaryKey(),
  score: integer().notNull(),
  createdAt: timestamp('created_at').notNull(),
  dueAt: timestamp('due_at'),
});

/** A third has no date; a score stands for a thousand rows. */
const ddl = (rows: number): string => `
  create table posts (id bigserial primary key, score int not null, created_at timestamp not null, due_at timestamp);
  insert into posts select i, i % 1000, timestamp '2026-01-01' + i * interval '1 second',
    case when i % 3 = 0 then null else timestamp '2026-06-01' + i * interval '1 minute' end
    from generate_series(1, ${rows}) i;
  create index on posts (created_at, id);
  create index on posts (score desc, created_at, id);
  create index on posts (due_at, id);
  analyze posts`;

const ORDERS: readonly { readonly what: string; readonly order: readonly OrderItem[] }[] = [
  { what: 'one direction', order: [posts.createdAt] },
  { what: 'mixed directions', order: [{ desc: posts.score }, posts.createdAt] },
  { what: 'with nulls', order: [posts.dueAt] },
];

export async function keyset(driver: Driver, rounds: number): Promise<readonly TableRow[]> {
  const rows = amount('KEYSET_ROWS', 1_000_000);
  const db = drizzleOver(driver);
  const meter = new Meter(driver);
  await driver.script(ddl(rows), { timeout: 600_000 });
  await driver.query({ text: 'vacuum analyze posts', prepare: false }, { timeout: 600_000 });
  const figures: TableRow[] = [];
  for (const { what, order } of ORDERS) {
    const pageAfter = (after: string | null) => page(db, posts, { order, limit: LIMIT, after });
    const last = await lastPlace(pageAfter, (after) =>
      page(db, posts, { order, limit: 1_000, fields: { id: posts.id }, after }),
    );
    const [end, first] = await byTurns(rounds, [
      () => meter.spent(() => pageAfter(last), PAGES),
      () => meter.spent(() => pageAfter(null), PAGES),
    ]);
    const asked = { what: `last page of ${rows}, ${what}`, against: 'the first page', asked: '≤ 1.20' };
    figures.push(figure({ ...asked, ratio: 'cost' }, end, first));
  }
  return figures;
}

type Paged = (after: string | null) => Promise<{ readonly rows: readonly unknown[]; readonly next: string | null }>;

/** Where the last page begins that is as full as the first: found as a reader would, page by page. */
async function lastPlace(pageAfter: Paged, longPageAfter: Paged): Promise<string | null> {
  let last: string | null = null;
  for (let next = (await longPageAfter(null)).next; next !== null; next = (await longPageAfter(next)).next) last = next;
  for (let next = last; next !== null; next = (await pageAfter(next)).next) last = next;
  const { rows } = await pageAfter(last);
  if (rows.length < LIMIT)
    throw new Error(`the last page has ${rows.length} rows: KEYSET_ROWS must divide by ${LIMIT}`);
  return last;
}
