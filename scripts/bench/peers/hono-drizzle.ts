/** The server that people write by hand: Hono and Drizzle over postgres.js, a transaction with role and claims where policies are to hold. */
import { asc, defineRelations, desc, eq, sql } from 'drizzle-orm';
import { bigserial, integer, numeric, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import { drizzle } from 'drizzle-orm/postgres-js';
import { Hono } from 'hono';
import postgres from 'postgres';

const owners = pgTable('owners', { id: integer().primaryKey(), name: text().notNull(), email: text().notNull() });
const items = pgTable('items', {
  id: integer().primaryKey(),
  ownerId: integer('owner_id').notNull(),
  title: text().notNull(),
  status: text().notNull(),
  price: numeric().notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
});
const notes = pgTable('notes', {
  id: integer().primaryKey(),
  itemId: integer('item_id').notNull(),
  body: text().notNull(),
});
const entries = pgTable('entries', {
  id: bigserial({ mode: 'number' }).primaryKey(),
  title: text().notNull(),
  amount: integer().notNull(),
});
const relations = defineRelations({ owners, items, notes }, (r) => ({
  items: { owner: r.one.owners({ from: r.items.ownerId, to: r.owners.id }), notes: r.many.notes() },
  notes: { item: r.one.items({ from: r.notes.itemId, to: r.items.id }) },
}));

const client = postgres(process.env.DATABASE_URL ?? '', { max: Number(process.env.POOL ?? 10) });
const db = drizzle({ client, relations });
type Tx = Parameters<Parameters<typeof db.transaction>[0]>[0];

const asCaller = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
  db.transaction(async (tx) => {
    await tx.execute(
      sql`select set_config('role', 'anon', true), set_config('request.jwt.claims', '{"role":"anon"}', true)`,
    );
    return work(tx);
  });

const reads: Readonly<Record<string, (tx: Tx) => Promise<unknown>>> = {
  'one row': (tx) =>
    tx.select({ id: items.id, title: items.title, status: items.status }).from(items).where(eq(items.id, 77)),
  '50 rows': (tx) => tx.select().from(items).orderBy(desc(items.id)).limit(50),
  '20 rows, 2 embeds': (tx) =>
    tx.query.items.findMany({
      columns: { id: true, title: true },
      with: { owner: { columns: { name: true } }, notes: { columns: { id: true, body: true } } },
      orderBy: (it) => asc(it.id),
      limit: 20,
    }),
};

const app = new Hono();
app.get('*', async (c) => c.json(await asCaller(async (tx) => reads[process.env.CASE ?? '']?.(tx))));
app.post('*', async (c) => {
  const entry = await c.req.json<{ title: string; amount: number }>();
  await asCaller((tx) => tx.insert(entries).values(entry));
  return c.body(null, 201);
});

const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: app.fetch });
process.stdout.write(`${server.url.href}\n`);
