/** The last page of a million rows by keyset, against the first one. */
import { sql } from 'drizzle-orm';
import { bigserial, integer, pgTable, timestamp } from 'drizzle-orm/pg-core';
import { type OrderItem, page } from '../../../src/data/paginate/index.ts';
import { drizzleOver } from '../../../src/db/drizzle/drizzle.ts';
import type { Driver } from '../../../src/db/index.ts';
import { byTurns, figure, Meter } from '../meter.ts';
import type { TableRow } from '../results.ts';
import { amount } from '../selection.ts';

const LIMIT = 20;
/** Pages of one sample: few, and many samples, as others use the machine too. */
const PAGES = 20;
const SAMPLES = 12;
/** Pages before the first sample, as a server has answered that runs: their statements are planned and their code is compiled. */
const WARM_UP = 500;

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

interface Ordered {
  readonly what: string;
  readonly order: readonly OrderItem[];
  /** The same order from its end, as SQL. */
  readonly reversed: string;
}

const ORDERS: readonly Ordered[] = [
  { what: 'one direction', order: [posts.createdAt], reversed: 'created_at desc, id desc' },
  {
    what: 'mixed directions',
    order: [{ desc: posts.score }, posts.createdAt],
    reversed: 'score, created_at desc, id desc',
  },
  { what: 'with nulls', order: [posts.dueAt], reversed: 'due_at desc, id desc' },
];

export async function keyset(driver: Driver, rounds: number): Promise<readonly TableRow[]> {
  const rows = amount('KEYSET_ROWS', 1_000_000);
  const db = drizzleOver(driver);
  const meter = new Meter(driver);
  await driver.script(ddl(rows), { timeout: 600_000 });
  await driver.query({ text: 'vacuum analyze posts', prepare: false }, { timeout: 600_000 });
  // All before the first page of the large table: a statement that is prepared already would not see the small one.
  const places: (string | null)[] = [];
  for (const ordered of ORDERS) places.push(await lastPlace(db, ordered));
  const figures: TableRow[] = [];
  for (const [index, { what, order }] of ORDERS.entries()) {
    const pageAfter = (after: string | null) => page(db, posts, { order, limit: LIMIT, after });
    const last = places[index] ?? null;
    const { rows: found, next } = await pageAfter(last);
    if (found.length !== LIMIT || next !== null) throw new Error(`${what}: that is not the last page`);
    const pages = [last, null].map((after) => (times: number) => meter.spent(() => pageAfter(after), times));
    for (const take of pages) await take(WARM_UP);
    const [end, first] = await byTurns(
      rounds * SAMPLES,
      pages.map((take) => () => take(PAGES)),
    );
    const asked = { what: `last page of ${rows}, ${what}`, against: 'the first page', asked: '≤ 1.20' };
    figures.push(figure({ ...asked, ratio: 'cost' }, end, first));
  }
  return figures;
}

/**
 * Where the last full page begins. A cursor holds a row's keys, so a small table of the same name that has the last two pages alone gives the
 * same one as a walk of a million rows.
 */
async function lastPlace(db: ReturnType<typeof drizzleOver>, { order, reversed }: Ordered): Promise<string | null> {
  return db.transaction(async (tx) => {
    await tx.execute(
      sql.raw(
        `create temp table posts on commit drop as select * from public.posts order by ${reversed} limit ${2 * LIMIT}`,
      ),
    );
    return (await page(tx, posts, { order, limit: LIMIT })).next;
  });
}
