/**
 * The server that people write by hand: Hono and Drizzle, over postgres.js or in the process over PGlite; where policies are to hold, the
 * token is verified by Hono's own middleware, and each request has a transaction with role and claims.
 */
import { asc, desc, eq, sql } from 'drizzle-orm';
import { Hono } from 'hono';
import { verify } from 'hono/jwt';
import { type Database, entries, items, openDatabase, type Tx } from './hono-drizzle-tables.ts';

const db = await openDatabase();
const secret = process.env.SECRET ?? '';

async function claimsOf(authorization: string | undefined): Promise<Record<string, unknown>> {
  if (authorization === undefined) return { role: 'anon' };
  return verify(authorization.slice('Bearer '.length), secret, 'HS256');
}

async function asCaller<T>(authorization: string | undefined, work: (tx: Tx | Database) => Promise<T>): Promise<T> {
  if (process.env.CALLER === 'plain') return work(db);
  const claims = await claimsOf(authorization);
  return db.transaction(async (tx) => {
    await tx.execute(
      sql`select set_config('role', ${String(claims.role)}, true), set_config('request.jwt.claims', ${JSON.stringify(claims)}, true)`,
    );
    return work(tx);
  });
}

const reads: Readonly<Record<string, (tx: Tx | Database) => Promise<unknown>>> = {
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
const read = reads[process.env.CASE ?? ''];
app.get('*', async (c) => c.json(await asCaller(c.req.header('authorization'), async (tx) => read?.(tx))));
app.post('*', async (c) => {
  const entry = await c.req.json<{ title: string; amount: number }>();
  await asCaller(c.req.header('authorization'), async (tx) => tx.insert(entries).values(entry));
  return c.body(null, 201);
});

const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: app.fetch });
process.stdout.write(`${server.url.href}\n`);
