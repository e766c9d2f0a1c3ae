/**
 * The least that an HTTP server over postgres.js must do: for every request one statement whose text is given, as the database's owner,
 * its one value passed on.
 */
import postgres from 'postgres';

const sql = postgres(process.env.DATABASE_URL ?? '', { max: Number(process.env.POOL ?? 10) });
const text = process.env.SQL ?? '';
const params: string[] = JSON.parse(process.env.PARAMS ?? '[]');
const column = Number(process.env.COLUMN);
const status = Number(process.env.STATUS);
const headers = { 'content-type': 'application/json; charset=utf-8' };

const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch: async () => {
    const [row] = await sql.unsafe(text, params, { prepare: true }).values();
    return new Response(status === 201 ? null : row?.[column], { status, headers });
  },
});
process.stdout.write(`${server.url.href}\n`);
