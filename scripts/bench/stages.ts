/**
 * What parse, plan and compile take of processor time for usual requests: where their shape is new, and where it has been seen (then its
 * plan and statement are looked up). One thread, no database on the way.
 *
 * `bun scripts/bench/stages.ts`; `ROUNDS=7`, `REQUESTS=5000` of a sample, `CASE="one row"`. Less than a minute.
 */
import { loadConfig } from '../../src/config/index.ts';
import { loadPgrst } from '../../src/config/pgrst.ts';
import { openPglite } from '../../src/db/index.ts';
import { parseSettings } from '../../src/http/read-request.ts';
import { type ApiRequest, compile, PreparedPlans, parseRequest, plan } from '../../src/rest/index.ts';
import { restSettings } from '../../src/server/application/rest.ts';
import { liveCatalog } from '../../src/server/database/catalog.ts';
import { CASES, DATASET } from './dataset.ts';
import { byTurns, Meter } from './meter.ts';
import { table } from './results.ts';
import { amount, chosen } from './selection.ts';

const ROUNDS = amount('ROUNDS', 7);
const REQUESTS = amount('REQUESTS', 5_000);

interface Usual {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly url: string;
  readonly body?: string;
}

const USUAL: readonly Usual[] = [
  ...CASES,
  {
    name: 'filtered page',
    method: 'GET',
    url: '/items?select=id,title,price,created_at&status=in.(open,held)&price=gte.100&or=(title.ilike.*9*,owner_id.eq.7)&order=created_at.desc,id&limit=20&offset=40',
  },
  {
    name: 'filter within an embed',
    method: 'GET',
    url: '/items?select=id,title,owner:owners!inner(name),notes(body)&owner.name=like.owner*&notes.limit=3&order=id&limit=20',
  },
  { name: 'update by key', method: 'PATCH', url: '/items?id=eq.77', body: '{"status":"done"}' },
];

const HEADERS = new Headers({
  accept: '*/*',
  'content-type': 'application/json',
  host: 'localhost:3000',
  'user-agent': 'bench',
});

const driver = await openPglite();
await driver.script(DATASET);
const pgrst = loadPgrst({ PGRST_DB_ANON_ROLE: 'anon' });
const catalog = (await liveCatalog(driver, {}, pgrst)).current();
const settings = restSettings(loadConfig({}), pgrst, false);
const rules = parseSettings(settings);

const meter = new Meter(driver);

function parsed({ method, url, body }: Usual): ApiRequest {
  const mark = url.indexOf('?');
  return parseRequest(
    {
      method,
      path: url.slice(0, mark < 0 ? undefined : mark),
      query: mark < 0 ? '' : url.slice(mark + 1),
      headers: HEADERS,
      body: body ?? null,
    },
    rules,
  );
}

/** As the pipeline does it for a shape that it does not know. */
function prepared(usual: Usual, request: ApiRequest) {
  const planned = plan(request, catalog, settings);
  if (planned.kind === 'info' || planned.kind === 'inspect') throw new Error(`${usual.name} ends in no statement`);
  return { plan: planned, compiled: compile(planned) };
}

async function measured(usual: Usual) {
  const known = new PreparedPlans();
  known.set(parsed(usual), catalog, prepared(usual, parsed(usual)));
  const times = (work: () => void) => async () => {
    const { clock, computed } = await meter.spent(async () => {
      for (let count = 0; count < REQUESTS; count++) work();
    });
    return { clock: clock / REQUESTS, computed: computed / REQUESTS };
  };
  const [fresh, seen, parse] = await byTurns(ROUNDS, [
    times(() => void prepared(usual, parsed(usual))),
    times(() => void known.get(parsed(usual), catalog)),
    times(() => void parsed(usual)),
  ]);
  const micro = (milliseconds = 0) => (milliseconds * 1_000).toFixed(1);
  return {
    request: usual.name,
    'new shape, cpu µs': micro(fresh?.computed),
    'known shape, cpu µs': micro(seen?.computed),
    'parse alone, cpu µs': micro(parse?.computed),
    'new, clock µs': micro(fresh?.clock),
    'known, clock µs': micro(seen?.clock),
    asked: '≤ 50 µs',
  };
}

await table('parse + plan + compile', async () => {
  const rows = [];
  for (const usual of USUAL) if (chosen('CASE', usual.name)) rows.push(await measured(usual));
  return rows;
});
await driver.close();
process.exit(0);
