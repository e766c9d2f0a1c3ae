/**
 * Whether memory stays flat while nothing comes twice: a million requests of ever-new shapes, names, bodies, tokens and mistakes, and the
 * resident memory of the server and of Postgres's own processes along the way, on both engines.
 *
 * `bun scripts/bench/variety.ts`; `REQUESTS=1000000`, `ENGINE=pglite`. With all of it about 20 minutes. `RESULTS=<file>` keeps tables.
 */
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Driver, openPostgres } from '../../src/db/index.ts';
import { engines } from '../../src/db/test/engines.ts';
import { CASES, ITEMS } from './dataset.ts';
import { scratchDatabase } from './final-statement.ts';
import type { EngineName } from './peer.ts';
import { hutch } from './peers/hutch.ts';
import { type TableRow, table } from './results.ts';
import { startProgram } from './running.ts';
import { amount, chosen } from './selection.ts';
import { SECRET } from './token.ts';

const REQUESTS = amount('REQUESTS', 1_000_000);
const CONNECTIONS = 32;
/** Rows of the table, each a tenth of the way. */
const STOPS = 10;

interface Asked {
  readonly path: string;
  readonly init?: RequestInit;
}

const COLUMNS = ['id', 'owner_id', 'title', 'status', 'price', 'created_at'];
const pick = <T>(of: readonly T[], n: number): T | undefined => of[n % of.length];
const times = (count: number, make: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => make(n)).join();
const json = { 'content-type': 'application/json' };
const entries = (count: number, i: number) =>
  JSON.stringify(Array.from({ length: count }, (_, n) => ({ title: `entry ${i} ${n}`, amount: n })));

/** A token that nobody has seen before. */
function token(i: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { role: 'authenticated', sub: `user_${i}`, extra: 'x'.repeat(i % 500) };
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}

/** Kinds of requests; `i` makes each one of its own. Every second one is usual. */
const KINDS: readonly ((i: number) => Asked)[] = [
  (i) => ({ path: `/items?id=eq.${i % ITEMS}&select=id,title,status` }),
  (i) => ({ path: `/items?id=eq.${i % ITEMS}&select=t${i}:title` }),
  (i) => ({ path: CASES[2]?.url ?? '', init: { headers: { authorization: `Bearer ${token(i)}` } } }),
  (i) => ({ path: `/items?or=(${times(1 + (i % 40), (n) => `id.eq.${n},${pick(COLUMNS, i + n)}.is.null`)})&limit=5` }),
  () => ({ path: '/items?select=*&order=id.desc&limit=50' }),
  (i) => ({ path: `/items?select=${times(1 + (i % 30), (n) => `c${i}_${n}:${pick(COLUMNS, n * i)}`)}&limit=3` }),
  (i) => ({ path: '/entries', init: { method: 'POST', headers: json, body: entries(1 + (i % 50), i) } }),
  (i) => ({
    path: `/nowhere_${i}?x${i}=eq.1`,
    init: { headers: { authorization: `Bearer ${i}.${i}.${i}`, prefer: `p${i}=1` } },
  }),
  (i) => ({ path: `/items?id=eq.${i % ITEMS}&select=id,title,status` }),
  (i) => ({
    path: `/items?limit=2&order=${pick(COLUMNS, i)}.desc`,
    init: { headers: { prefer: 'cursor', accept: `x/y${i}, */*` } },
  }),
  (i) => ({
    path: `/items?id=in.(${times(1 + (i % 200), (n) => String(n))})&select=id,owner:owners(n${i}:name)&limit=2`,
  }),
  (i) => ({
    path: `/items?title=like.*${i}*&limit=1`,
    init: { headers: { accept: i % 2 ? 'text/csv' : 'application/x-ndjson', cookie: `c=${i}` } },
  }),
  (i) => ({
    path: '/entries',
    init: {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: `{"title":"line ${i}","amount":1}`,
    },
  }),
  (i) => ({
    path: `/items?and=(${times(i % 997 === 0 ? 800 : 2, (n) => `id.gt.${n}`)})&select=id&limit=1&offset=${i % 100}`,
  }),
  (i) => ({
    path: '/',
    init: {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.hutch.batch+json' },
      body: `[{"method":"GET","path":"/items?select=b${i}:id&limit=1"},{"method":"POST","path":"/entries","body":{"title":"b","amount":${i % 9}}}]`,
    },
  }),
  (i) => ({
    path: `/items?${pick(COLUMNS, i)}=nope${i}.1`,
    init: { method: pick(['GET', 'PATCH', 'PUT', 'OPTIONS', 'HEAD'], i) },
  }),
];

/** Sends requests `from` to `to`. @throws Error for an answer that says the server is to blame */
async function send(address: string, from: number, to: number): Promise<void> {
  let next = from;
  const connection = async () => {
    while (next < to) {
      const i = next++;
      const asked = pick(KINDS, i)?.(i);
      if (asked === undefined) return;
      const response = await fetch(`${address}${asked.path}`, asked.init);
      const text = await response.text();
      if (response.status >= 500) throw new Error(`${response.status} for ${asked.path}: ${text}`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
}

/** Megabytes of memory that a process has to itself. */
function own(pid: number): number {
  const [, kilobytes = 0] = /^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1_024);
}

/** Megabytes of the largest of the database's processes that serve us. */
async function ofBackends(watcher: Driver | undefined): Promise<Readonly<Record<string, number>>> {
  if (watcher === undefined) return {};
  const text = 'SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()';
  const { rows } = await watcher.query({ text });
  return { 'largest backend MB': Math.max(0, ...rows.map(([pid]) => own(Number(pid)))) };
}

async function along(engine: EngineName, databaseUrl?: string): Promise<readonly TableRow[]> {
  const [it] = CASES;
  if (it === undefined) return [];
  const setting = { engine, caller: 'anonymous', it, databaseUrl, statement: {} } as const;
  const { pid, address, stop } = await startProgram(hutch.program(setting, ''));
  const watcher = databaseUrl === undefined ? undefined : await openPostgres({ url: databaseUrl, poolSize: 1 });
  const row = async (requests: number) => ({ requests, 'server MB': own(pid), ...(await ofBackends(watcher)) });
  try {
    const rows: TableRow[] = [await row(0)];
    for (let stop = 0; stop < STOPS; stop++) {
      await send(address, (REQUESTS / STOPS) * stop, (REQUESTS / STOPS) * (stop + 1));
      rows.push(await row((REQUESTS / STOPS) * (stop + 1)));
      if (process.env.VERBOSE !== undefined) console.log(engine, JSON.stringify(rows.at(-1)));
    }
    return rows;
  } finally {
    await watcher?.close();
    await stop();
  }
}

for (const { name, unavailable } of engines()) {
  if (!chosen('ENGINE', name)) continue;
  if (unavailable !== undefined) console.log(`${name} is skipped: ${unavailable}`);
  else if (name === 'pglite') await table(`${name}, memory, nothing twice`, () => along(name));
  else {
    const { url, drop } = await scratchDatabase();
    await table(`${name}, memory, nothing twice`, () => along(name, url)).finally(drop);
  }
}
process.exit(0);
