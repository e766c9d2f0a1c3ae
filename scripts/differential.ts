#!/usr/bin/env bun
/**
 * Sends the same requests to a running PostgREST and to our own handler, and compares what comes back: status, body, and the
 * headers that clients read.
 *
 *     cat scripts/differential/schema/*.sql | psql $DATABASE_URL
 *     bun scripts/differential.ts <URL of the PostgREST> <URL of the database> [--random=5000 --seed=1] [--part=<part of a path>]
 *         [--settings='{"maxRows":2}']
 *
 * Both serve the same database, and nothing is kept of what is written. The PostgREST is to be started with
 * `db-schemas = "v1,v2,Sp ecial"`, `db-anon-role = "differential_anon"`, `db-tx-end = "rollback-allow-override"`,
 * `db-aggregates-enabled = true` and `db-plan-enabled = true`. Nothing is fetched from anywhere else.
 *
 * With `pglite` for the PostgREST's URL our handler is compared with itself over the embedded engine. The requests are those of the
 * lists in `differential/`; with `--random` they are made up from what the database has, the same ones for the same seed. `--settings` are
 * ours beside those above: the PostgREST is to be started with the same.
 */
import { parseArgs } from 'node:util';
import { openPostgres } from '../src/db/index.ts';
import type { RestSettings } from '../src/rest/index.ts';
import { calling, representing } from './differential/calling.ts';
import { type Answer, type Difference, reasonFor } from './differential/known.ts';
import { ownSide, pgliteSide, type Send } from './differential/own.ts';
import { random } from './differential/random.ts';
import { reading } from './differential/reading.ts';
import type { CaseRequest } from './differential/request.ts';
import { writing } from './differential/writing.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    random: { type: 'string' },
    seed: { type: 'string', default: '1' },
    part: { type: 'string', default: '' },
    settings: { type: 'string', default: '{}' },
  },
});
const [postgrest, database] = positionals;
if (postgrest === undefined || database === undefined) {
  throw new Error('usage: bun scripts/differential.ts <URL of a PostgREST, or pglite> <URL of its database>');
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
  ...['www-authenticate', 'set-cookie', 'x-one', 'x-a', 'vary', 'warning', 'proxy-status', 'content-disposition'],
];
/** A response that is no HTTP hangs the client: the PostgREST sends whatever status SQL asked for. */
const PATIENCE = 5_000;

const settings: Partial<RestSettings> = JSON.parse(options.settings);
const ours = await ownSide(await openPostgres({ url: database, poolSize: 2 }), settings);
const embedded = postgrest === 'pglite' ? await pgliteSide(settings) : undefined;
const theirs = embedded ?? { send: overHttp(postgrest), close: async () => {} };
const routineNames = () => ours.catalog.schemas.get('v1')?.routines.keys() ?? [];
const listed = () => [...reading(), ...writing(), ...calling(routineNames()), ...representing()];
const made = () => random((embedded ?? ours).catalog, Number(options.seed), Number(options.random));
const requests = [...(options.random === undefined ? listed() : made())].filter((r) => r.path.includes(options.part));
const tally = new Map<string, number>();
let unexplained = 0;
let unanswered = 0;
for (const request of requests) {
  const difference = await compare(request);
  if (difference === undefined) continue;
  const reason = reasonFor(difference);
  if (reason === undefined) show(difference, ++unexplained);
  tally.set(reason ?? 'unexplained', (tally.get(reason ?? 'unexplained') ?? 0) + 1);
}
console.table(Object.fromEntries(tally));
console.log(`${requests.length} requests, ${unanswered} unanswered, ${unexplained} unexplained differences`);
await Promise.all([ours.close(), theirs.close()]);
process.exit(unexplained === 0 ? 0 : 1);

function overHttp(base: string): Send {
  return ({ method, path, headers, body }) =>
    fetch(base + path, { method, headers, body, signal: AbortSignal.timeout(PATIENCE) });
}

async function compare(request: CaseRequest): Promise<Difference | undefined> {
  const sent = request.method === 'GET' || request.method === 'HEAD' ? { ...request, body: undefined } : request;
  const answers = [await answerOf(theirs.send(sent)), await answerOf(ours.send(sent))] as const;
  if (answers[0] === undefined || answers[1] === undefined) {
    unanswered++;
    console.log(`No answer of ${answers[1] === undefined ? 'ours' : 'theirs'}: ${JSON.stringify(request)}`);
    return undefined;
  }
  if (Bun.deepEquals(...answers)) return undefined;
  return { request, theirs: answers[0], ours: answers[1] };
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
