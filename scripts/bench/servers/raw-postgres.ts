/**
 * The least that an HTTP server over postgres.js must do: for every request one statement whose text is given, its one value passed on,
 * which is the request's body where it has one.
 * As the database's owner, or (`ROLE`) with begin, role and claims, and commit in the same write, one connection each.
 */
import postgres from 'postgres';

const connections = Number(process.env.POOL ?? 10);
const url = process.env.DATABASE_URL ?? '';
const text = process.env.SQL ?? '';
const given: string[] = JSON.parse(process.env.PARAMS ?? '[]');
const column = Number(process.env.COLUMN);
const status = Number(process.env.STATUS);
const headers = { 'content-type': 'application/json; charset=utf-8' };

/** JSON as the text that it is, both ways: nothing here looks into it. */
const asText = { to: 114, from: [114, 3802], serialize: String, parse: String };
const connect = (max: number) => postgres(url, { max, types: { asText } });

type Client = ReturnType<typeof connect>;
type Ask = (params: string[]) => Promise<string>;

/** `simple` would else be the way of a statement without parameters, which Postgres then plans every time. */
const PREPARED = { prepare: true, simple: false };

const asOwner =
  (sql: Client): Ask =>
  async (params) => {
    const [row] = await sql.unsafe(text, params, PREPARED).values();
    return row?.[column];
  };

const ACTOR = `select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)`;

const asRole =
  (sql: Client): Ask =>
  async (params) => {
    const [, , [row]] = await Promise.all([
      sql.unsafe('begin', [], PREPARED),
      sql.unsafe(ACTOR, ['anon', '{"role":"anon"}'], PREPARED),
      sql.unsafe(text, params, PREPARED).values(),
      sql.unsafe('commit', [], PREPARED),
    ]);
    return row?.[column];
  };

/** No more at a time than there are, in the order of asking. */
function gated(all: readonly Ask[]): Ask {
  const free = [...all];
  const waiting: ((ask: Ask) => void)[] = [];
  const release = (ask: Ask) => {
    const next = waiting.shift();
    if (next === undefined) free.push(ask);
    else next(ask);
  };
  return async (params) => {
    const ask = free.pop() ?? (await new Promise<Ask>((resolve) => waiting.push(resolve)));
    try {
      return await ask(params);
    } finally {
      release(ask);
    }
  };
}

function opened(): Ask {
  const single = () => asRole(connect(1));
  if (process.env.ROLE !== undefined) return gated(Array.from({ length: connections }, single));
  const ask = asOwner(connect(connections));
  return process.env.FIFO === undefined ? ask : gated(Array.from({ length: connections }, () => ask));
}

const ask = opened();
const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch: async (request) => {
    const body = await ask(request.body === null ? given : [await request.text()]);
    return new Response(status === 201 ? null : body, { status, headers });
  },
});
process.stdout.write(`${server.url.href}\n`);
