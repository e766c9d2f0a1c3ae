/**
 * HTTP over a million rows: a keyset that is written as `or=(…)`, and a cursor of an order in mixed directions, at the end and at the
 * beginning; a page with its exact count, against the page and the count asked for one after the other.
 *
 * `bun scripts/bench/http-keyset.ts`; `ROUNDS=5`, `ROWS=1000000`. On Postgres; about 2 minutes. `RESULTS=<file>` keeps tables.
 */
import { type Driver, openPostgres } from '../../src/db/index.ts';
import { engines } from '../../src/db/test/engines.ts';
import { writeCursor } from '../../src/rest/plan/cursor-token.ts';
import { scratchDatabase } from './final-statement.ts';
import { HUTCH, hutchCommand } from './hutch.ts';
import { byTurns, figure, Meter } from './meter.ts';
import { type TableRow, table } from './results.ts';
import { startProgram } from './running.ts';
import { amount } from './selection.ts';

const ROUNDS = amount('ROUNDS', 5);
const ROWS = amount('ROWS', 1_000_000);
/** Requests of a sample. */
const REQUESTS = 30;

const DDL = `
  create table posts (id int primary key, score int not null, body text not null);
  insert into posts select i, i % 1000, 'the text of post ' || i from generate_series(1, ${ROWS}) i;
  create index on posts (score, id);
  create index on posts (score desc, id);
  grant select on posts to anon`;

const PAGE = '/posts?select=id,score,body&order=score,id&limit=20';

async function measure(driver: Driver, address: string): Promise<readonly TableRow[]> {
  const meter = new Meter(driver);
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${address}/rest/v1${path}`, { headers });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return response.text();
  };
  const asking = (path: string, headers?: Record<string, string>) => () =>
    meter.spent(() => ask(path, headers), REQUESTS);
  const [end, first] = await byTurns(ROUNDS, [
    asking(`${PAGE}&or=(score.gt.998,and(score.eq.998,id.gt.${ROWS / 2}))`),
    asking(PAGE),
  ]);
  const cursor = { Prefer: 'cursor' };
  const mixed = '/posts?select=id,score,body&order=score.desc,id&limit=20';
  // All rows of the last score, 0, are multiples of 1000.
  const last = writeCursor({ signature: 'score.desc.,id.asc.', values: ['0', String(ROWS - 20_000)] });
  const [mixedEnd, mixedFirst] = await byTurns(ROUNDS, [
    asking(`${mixed}&cursor=${last}`, cursor),
    asking(mixed, cursor),
  ]);
  const count = { Prefer: 'count=exact' };
  const filtered = `${PAGE}&score=gte.500`;
  const [counted, apart] = await byTurns(ROUNDS, [
    () => meter.spent(() => ask(filtered, count), 3),
    () => meter.spent(async () => void [await ask(filtered), await driver.query({ text: COUNT })], 3),
  ]);
  return [
    figure(
      { what: 'keyset as or=(…), at the end', against: 'the first page', asked: '≤ 1.20', ratio: 'cost' },
      end,
      first,
    ),
    figure(
      { what: 'cursor in mixed directions, at the end', against: 'the first page', asked: '≤ 1.20', ratio: 'cost' },
      mixedEnd,
      mixedFirst,
    ),
    figure(
      { what: 'page with exact count', against: 'page, then count', asked: '≤ 1.20', ratio: 'cost' },
      counted,
      apart,
    ),
  ];
}

const COUNT = 'select count(*) from posts where score >= 500';

async function onPostgres(): Promise<readonly TableRow[]> {
  const { url, drop } = await scratchDatabase();
  const driver = await openPostgres({ url, poolSize: 1 });
  try {
    await driver.script(DDL, { timeout: 600_000 });
    await driver.query({ text: 'vacuum analyze posts', prepare: false }, { timeout: 600_000 });
    const env = { ...HUTCH, DATABASE_URL: url };
    const server = await startProgram({ command: hutchCommand(url), env, address: (line) => JSON.parse(line).http });
    return await measure(driver, server.address).finally(() => server.stop());
  } finally {
    await driver.close();
    await drop();
  }
}

const server = engines().find(({ name }) => name === 'postgres');
if (server?.unavailable !== undefined) console.log(`It is skipped: ${server.unavailable}`);
else await table('postgres, pages of a million rows', onPostgres);
process.exit(0);
