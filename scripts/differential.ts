#!/usr/bin/env bun
/**
 * Sends the same requests to a running PostgREST and to our own handler, and compares what comes back: status, body, and the
 * headers that clients read.
 *
 *     psql $DATABASE_URL -f scripts/differential/schema.sql
 *     bun scripts/differential.ts <URL of the PostgREST> <URL of the database> [part of a path]
 *
 * Both serve the same database, and nothing is kept of what is written. The PostgREST is to be started with
 * `db-schemas = "v1,v2,Sp ecial"`, `db-anon-role = "differential_anon"`, `db-tx-end = "rollback-allow-override"`,
 * `db-aggregates-enabled = true` and `db-plan-enabled = true`. Nothing is fetched from anywhere else.
 */
import { enrich, readCatalog } from '../src/catalog/index.ts';
import { type Driver, openPostgres } from '../src/db/index.ts';
import { restHandler } from '../src/http/pipeline.ts';
import { defaultRestSettings } from '../src/rest/index.ts';
import { calling, representing } from './differential/calling.ts';
import { type Answer, type Difference, reasonFor } from './differential/known.ts';
import { reading } from './differential/reading.ts';
import type { CaseRequest } from './differential/request.ts';
import { writing } from './differential/writing.ts';

const [postgrest, database, part = ''] = process.argv.slice(2);
if (postgrest === undefined || database === undefined) {
  throw new Error('usage: bun scripts/differential.ts <URL of a PostgREST> <URL of its database> [part of a path]');
}

const COMPARED = [
  ...[
    'content-type',
    'content-range',
    'content-location',
    'content-profile',
    'location',
    'preference-applied',
    'allow',
  ],
  ...['www-authenticate', 'set-cookie', 'x-one', 'x-a'],
];
const SCHEMAS = ['v1', 'v2', 'Sp ecial'];
/** A response that is no HTTP hangs the client: the PostgREST sends whatever status SQL asked for. */
const PATIENCE = 5_000;

const driver = await openPostgres({ url: database, poolSize: 2 });
const ours = await handlerOver(driver);
const requests = [...reading(), ...writing(), ...calling(), ...representing()].filter(({ path }) =>
  path.includes(part),
);
const tally = new Map<string, number>();
let unexplained = 0;
for (const request of requests) {
  const difference = await compare(postgrest, request);
  if (difference === undefined) continue;
  const reason = reasonFor(difference);
  if (reason === undefined) show(difference, ++unexplained);
  tally.set(reason ?? 'unexplained', (tally.get(reason ?? 'unexplained') ?? 0) + 1);
}
console.table(Object.fromEntries(tally));
console.log(`${requests.length} requests, ${unexplained} unexplained differences`);
await driver.close();
process.exit(unexplained === 0 ? 0 : 1);

async function handlerOver(open: Driver): Promise<(request: Request) => Promise<Response>> {
  const run = async (text: string, params: readonly (string | null)[]) => (await open.query({ text, params })).rows;
  const catalog = enrich(await readCatalog(run, { schemas: SCHEMAS }), {});
  const anonRole = 'differential_anon';
  const caller = { role: anonRole, claims: JSON.stringify({ role: anonRole }), authenticated: false };
  return restHandler({
    driver: open,
    catalog: () => catalog,
    auth: () => caller,
    settings: {
      ...defaultRestSettings,
      ...{ schemas: SCHEMAS, anonRole, aggregatesEnabled: true, planEnabled: true, txEnd: 'rollback-allow-override' },
    },
  });
}

async function compare(base: string, request: CaseRequest): Promise<Difference | undefined> {
  const { method, path, headers } = request;
  const init = { method, headers, body: method === 'GET' || method === 'HEAD' ? undefined : request.body };
  const theirs = await answerOf(fetch(base + path, { ...init, signal: AbortSignal.timeout(PATIENCE) }));
  const own = await answerOf(ours(new Request(`http://localhost/rest/v1${path}`, init)));
  if (theirs === undefined || own === undefined || Bun.deepEquals(theirs, own)) return undefined;
  return { request, theirs, ours: own };
}

/** Undefined where there is none that could be read. */
async function answerOf(response: Promise<Response>): Promise<Answer | undefined> {
  try {
    const { status, headers, text } = await response.then(async (r) => ({ ...pick(r), text: await r.text() }));
    return { status, headers, body: text };
  } catch {
    return undefined;
  }
}

function pick({ status, headers }: Response): Pick<Answer, 'status' | 'headers'> {
  const found = COMPARED.flatMap((name) => (headers.get(name) === null ? [] : [[name, headers.get(name) ?? '']]));
  return { status, headers: Object.fromEntries(found) };
}

function show({ request, theirs, ours: own }: Difference, number: number): void {
  console.log(`${number}. ${request.method} ${request.path} ${JSON.stringify(request.headers)} ${request.body ?? ''}`);
  for (const [who, { status, headers, body }] of Object.entries({ theirs, ours: own })) {
    console.log(`   ${who}: ${status} ${JSON.stringify(headers)} ${body.slice(0, 300)}`);
  }
}
