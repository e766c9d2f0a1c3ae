/**
 * HTTP on both engines against what the same work costs without a framework, and against other servers: interleaved rounds on the same
 * machine, medians, ratios. The time that a server's process computes (all its threads) is told besides requests per second, because
 * other work on the machine disturbs it less.
 *
 * `bun scripts/bench/run.ts`; the environment narrows it, several values parted by semicolons: `ENGINE=postgres`, `CASE="one row"`,
 * `CALLER="plain;token"` (without it `anonymous`), `PEER="raw;hutch"`, `CONNECTIONS=32`, `ROUNDS=5`, `SECONDS=2`. Servers that have to be
 * installed first only run with `PEERS=all`. `RESULTS=<file>` keeps tables, and goes on behind them.
 *
 * With all of it: 16 tables on Postgres and PGlite without a token or role and with both; about 50 minutes.
 */

import { openPostgres } from '../../src/db/index.ts';
import { engines } from '../../src/db/test/engines.ts';
import { agreeing } from './agreement.ts';
import { CASES } from './dataset.ts';
import { finalStatement, scratchDatabase } from './final-statement.ts';
import { report, type Series } from './http-report.ts';
import { type Sample, sample } from './http-samples.ts';
import { CALLERS, type Caller, type EngineName, type Peer, type Setting } from './peer.ts';
import { PEERS } from './peers/index.ts';
import { computedForDatabase } from './processor-time.ts';
import { type TableRow, table } from './results.ts';
import { type Running, startPeer } from './running.ts';
import { amount, chosen } from './selection.ts';
import { signedToken } from './token.ts';

const ROUNDS = amount('ROUNDS', 5);
const SECONDS = amount('SECONDS', 2);
const CONNECTIONS = [1, 32].filter((connections) => chosen('CONNECTIONS', String(connections)));
const withOthers = process.env.PEERS === 'all';

/** On Postgres: what is asked of it beside the servers. */
interface Database {
  readonly url: string;
  /** Milliseconds that its server has computed for it. */
  computed(): Promise<number>;
  entries(): Promise<number>;
}

function peersFor(engine: EngineName, caller: Caller): readonly Peer[] {
  return PEERS.filter(
    (peer) =>
      peer.engines.includes(engine) &&
      peer.callers.includes(caller) &&
      chosen('PEER', peer.key) &&
      (withOthers || peer.packages === undefined),
  );
}

/** One after the other: on a busy machine they would hold each other up for too long. */
async function started(setting: Setting): Promise<readonly Running[]> {
  const all: Running[] = [];
  for (const peer of peersFor(setting.engine, setting.caller)) {
    const running = await startPeer(peer, setting).catch((error: Error) => error);
    if (running instanceof Error) console.log(`${peer.name} is left out: ${running.message}`);
    else all.push(running);
  }
  return all;
}

async function compare(setting: Setting, database: Database | undefined): Promise<readonly TableRow[]> {
  const headers: Record<string, string> =
    setting.caller === 'token' ? { Authorization: `Bearer ${await signedToken()}` } : {};
  const all = await started(setting);
  try {
    if (!all.some(({ peer }) => peer.base) && chosen('PEER', 'raw')) return []; // nothing to measure by: no table, and none is kept
    const fit = await agreeing(all, { it: setting.it, headers, entries: database?.entries });
    const series = CONNECTIONS.flatMap((connections) =>
      fit.map((running): Series & { samples: Sample[] } => ({ running, connections, samples: [] })),
    );
    const broken = new Set<Running>();
    for (let round = 0; round <= ROUNDS; round++) {
      for (const { running, connections, samples } of series) {
        if (broken.has(running)) continue;
        const pressure = { connections, seconds: SECONDS, headers, database: database?.computed };
        const taken = await sample(running, pressure).catch((error: Error) => console.log(error.message));
        if (taken === undefined) broken.add(running);
        else if (round > 0) samples.push(taken); // the first warms up
      }
    }
    return report(
      setting,
      series.filter(({ running }) => !broken.has(running)),
    );
  } finally {
    await Promise.all(all.map((running) => running.stop()));
  }
}

async function compareAll(engine: EngineName, database?: Database): Promise<void> {
  for (const caller of CALLERS) {
    if (!chosen('CALLER', caller) || (process.env.CALLER === undefined && caller !== 'anonymous')) continue;
    for (const it of CASES) {
      if (!chosen('CASE', it.name)) continue;
      await table(`${engine}, ${it.name}, ${caller}`, async () => {
        const setting = { engine, caller, it, databaseUrl: database?.url, statement: await finalStatement(it) };
        return compare(setting, database);
      });
    }
  }
}

async function onPostgres(): Promise<void> {
  const { url, drop } = await scratchDatabase();
  const driver = await openPostgres({ url, poolSize: 1 });
  const entries = async () => Number((await driver.query({ text: 'SELECT count(*) FROM entries' })).rows[0]?.[0]);
  try {
    await compareAll('postgres', { url, computed: () => computedForDatabase(driver), entries });
  } finally {
    await driver.close();
    await drop();
  }
}

for (const { name, unavailable } of engines()) {
  if (!chosen('ENGINE', name)) continue;
  if (unavailable !== undefined) console.log(`${name} is skipped: ${unavailable}`);
  else await (name === 'postgres' ? onPostgres() : compareAll(name));
}
process.exit(0);
