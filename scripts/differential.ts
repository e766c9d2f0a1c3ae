#!/usr/bin/env bun
/**
 * Sends the same requests to a PostgREST and to our own server, and compares what comes back: status, headers, and the body to the letter.
 *
 *     cat scripts/differential/schema/*.sql | psql $DATABASE_URL
 *     bun scripts/differential.ts <PostgREST> <URL of the database> [--random=5000 --seed=1] [--part=<part of a path>]
 *         [--settings=<name of a variant>|all]
 *
 * The PostgREST is the path of its program, which is started with the settings, or the URL of one that runs with them. With `pglite` for
 * it our server is compared with itself over the embedded engine. Both serve the same database, and nothing is kept of what is written.
 * Nothing is fetched from anywhere else.
 *
 * The requests are those of the lists in `differential/`; with `--random` they are made up from what the database has, the same ones for
 * the same seed but for the times in tokens. The settings are those of `differential/variants.ts`.
 */
import { parseArgs } from 'node:util';
import { openPostgres } from '../src/db/index.ts';
import { calling, representing } from './differential/calling.ts';
import { type Answer, type Difference, reasonFor } from './differential/known.ts';
import { ownSide, pgliteSide } from './differential/own.ts';
import { runningPostgrest, startPostgrest } from './differential/postgrest.ts';
import { random } from './differential/random.ts';
import { reading } from './differential/reading.ts';
import type { CaseRequest } from './differential/request.ts';
import type { Side } from './differential/side.ts';
import { settingsOf, VARIANTS } from './differential/variants.ts';
import { writing } from './differential/writing.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    random: { type: 'string' },
    seed: { type: 'string', default: '1' },
    part: { type: 'string', default: '' },
    settings: { type: 'string', default: 'usual' },
  },
});
const [postgrest, database] = positionals;
if (postgrest === undefined || database === undefined) {
  throw new Error('usage: bun scripts/differential.ts <a PostgREST, or pglite> <URL of its database>');
}

const tally = new Map<string, number>();
let sent = 0;
let unexplained = 0;
let unanswered = 0;
for (const variant of options.settings === 'all' ? VARIANTS : [options.settings]) {
  console.log(`## ${variant}`);
  await compareAll(postgrest, database, variant);
}
console.table(Object.fromEntries(tally));
console.log(`${sent} requests, ${unanswered} unanswered, ${unexplained} unexplained differences`);
process.exit(unexplained === 0 ? 0 : 1);

async function compareAll(from: string, url: string, variant: string): Promise<void> {
  const settings = settingsOf(variant);
  const ours = await ownSide(await openPostgres({ url, poolSize: 2 }), settings);
  const embedded = from === 'pglite' ? await pgliteSide(settings) : undefined;
  const running = /^https?:/.test(from) ? runningPostgrest(from) : undefined;
  const theirs: Side = embedded ?? running ?? (await startPostgrest(from, url, settings));
  // other requests in each variant, the same ones for the same seed
  const seed = Number(options.seed) + 1_000_000 * VARIANTS.indexOf(variant);
  const routineNames = () => ours.catalog.schemas.get('v1')?.routines.keys() ?? [];
  const listed = () => [...reading(), ...writing(), ...calling(routineNames()), ...representing()];
  const made = () => random((embedded ?? ours).catalog, seed, Number(options.random));
  for (const request of options.random === undefined ? listed() : made()) {
    if (request.path.includes(options.part)) tell(await compare(theirs, ours, request));
  }
  await Promise.all([ours.close(), theirs.close()]);
}

function tell(difference: Difference | undefined): void {
  if (difference === undefined) return;
  const reason = reasonFor(difference) ?? 'unexplained';
  if (reason === 'unexplained') show(difference, ++unexplained);
  tally.set(reason, (tally.get(reason) ?? 0) + 1);
}

async function compare(theirs: Side, ours: Side, asked: CaseRequest): Promise<Difference | undefined> {
  const request = asked.method === 'GET' || asked.method === 'HEAD' ? { ...asked, body: undefined } : asked;
  // one after the other: neither waits for a row that the other writes
  const first = await theirs.send(request).catch(() => undefined);
  const second = await ours.send(request).catch(() => undefined);
  sent++;
  if (answered(first) && answered(second)) {
    return Bun.deepEquals(first, second) ? undefined : { request, theirs: first, ours: second };
  }
  unanswered++;
  console.log(`No answer of ${answered(second) ? 'theirs' : 'ours'}: ${JSON.stringify(request)}`);
  return undefined;
}

/** A status of 0 is no HTTP. */
function answered(answer: Answer | undefined): answer is Answer {
  return answer !== undefined && answer.status > 0;
}

function show({ request, theirs, ours }: Difference, number: number): void {
  console.log(`${number}. ${request.method} ${request.path} ${JSON.stringify(request.headers)} ${request.body ?? ''}`);
  for (const line of only(theirs, ours)) console.log(`   - ${line}`);
  for (const line of only(ours, theirs)) console.log(`   + ${line}`);
}

/** What of the one answer the other does not have. */
function only(one: Answer, other: Answer): readonly string[] {
  const [lines, others] = [one, other].map(({ status, headers, body }) => [
    String(status),
    ...headers,
    body.slice(0, 600),
  ]);
  return (lines ?? []).filter((line) => !others?.includes(line));
}
