/**
 * HTTP on both engines against what the same work costs without a framework: interleaved rounds on the same machine, medians, ratios.
 * `bun scripts/bench/run.ts`; ROUNDS, SECONDS, ENGINE=pglite|postgres and CASE="one row" narrow it. The time that a server's process computes
 * (all its threads) is told besides requests per second, because other work on the machine disturbs it less.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Subprocess } from 'bun';
import { engines } from '../../src/db/test/engines.ts';
import { CASES, type Case } from './dataset.ts';
import { finalStatement, scratchDatabase } from './final-statement.ts';
import { HUTCH, hutchCommand } from './hutch.ts';
import type { Load } from './load.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const SECONDS = Number(process.env.SECONDS ?? 2);
const CONNECTIONS = [1, 32];
const here = import.meta.dir;

interface Peer {
  readonly name: string;
  /** In `peers`; Hutch itself is started by its command. */
  readonly file: string;
  /** What the others are measured by. */
  readonly base?: boolean;
}

const peers: Readonly<Record<'pglite' | 'postgres', readonly Peer[]>> = {
  pglite: [
    { name: 'Bun.serve, raw prepared batch', file: 'raw-pglite.ts', base: true },
    { name: 'hutch', file: '' },
  ],
  postgres: [
    { name: 'Bun.serve, postgres.js, no role', file: 'raw-postgres.ts', base: true },
    { name: 'hutch', file: '' },
    { name: 'Hono, Drizzle, by hand', file: 'hono-drizzle.ts' },
  ],
};

interface Sample extends Load {
  /** Microseconds of processor time for each request. */
  readonly cpu: number;
}

interface Running {
  readonly peer: Peer;
  readonly child: Subprocess;
  readonly url: string;
  readonly samples: Map<number, Sample[]>;
}

/** Clock ticks of 10 ms that the process has computed, threads included. */
function ticks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

async function start(peer: Peer, env: Readonly<Record<string, string>>, url: string): Promise<Running> {
  const isHutch = peer.file === '';
  const command = isHutch ? hutchCommand(env) : [join(here, 'peers', peer.file)];
  const child = Bun.spawn([process.execPath, ...command], {
    env: { ...process.env, ...(isHutch ? HUTCH : {}), ...env },
    stdout: 'pipe',
    stderr: 'inherit',
  });
  for await (const chunk of child.stdout) {
    const said = new TextDecoder().decode(chunk).trim();
    return { peer, child, url: isHutch ? `${JSON.parse(said).http}/rest/v1${url}` : said, samples: new Map() };
  }
  throw new Error(`${peer.name} did not start`);
}

async function measure(running: Running, it: Case, connections: number): Promise<Sample> {
  const before = ticks(running.child.pid);
  const args = ['--connections', String(connections), '--seconds', String(SECONDS), '--method', it.method];
  if (it.body !== undefined) args.push('--body', it.body);
  const load = Bun.spawn([process.execPath, join(here, 'load.ts'), running.url, ...args], { stdout: 'pipe' });
  const result = (await new Response(load.stdout).json()) as Load; // what load.ts prints
  if (result.failed > 0) throw new Error(`${running.peer.name}: ${result.failed} of ${result.requests} failed`);
  return { ...result, cpu: ((ticks(running.child.pid) - before) * 10_000) / result.requests };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

function report(engine: string, it: Case, all: readonly Running[]): void {
  const rows = CONNECTIONS.flatMap((connections) => {
    const of = (running: Running | undefined, key: keyof Sample) =>
      median(running?.samples.get(connections)?.map((sample) => sample[key]) ?? []);
    const base = all.find(({ peer }) => peer.base);
    return all.map((running) => ({
      what: `${engine}, ${it.name}, ${connections} conn.`,
      server: running.peer.name,
      'req/s': Math.round(of(running, 'perSecond')),
      ratio: (of(running, 'perSecond') / of(base, 'perSecond')).toFixed(2),
      'p50 ms': of(running, 'p50').toFixed(2),
      'p99 ms': of(running, 'p99').toFixed(2),
      'cpu µs': Math.round(of(running, 'cpu')),
      'cpu ratio': (of(base, 'cpu') / of(running, 'cpu')).toFixed(2),
    }));
  });
  console.table(rows);
}

async function compare(engine: 'pglite' | 'postgres', it: Case, env: Readonly<Record<string, string>>): Promise<void> {
  const statement = await finalStatement(it);
  const given = { ...env, ...statement, CASE: it.name };
  const all = await Promise.all(peers[engine].map((peer) => start(peer, given, it.url)));
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      for (const connections of CONNECTIONS) {
        for (const running of all) {
          const sample = await measure(running, it, connections);
          if (round === 0) continue; // warms up
          running.samples.set(connections, [...(running.samples.get(connections) ?? []), sample]);
        }
      }
    }
    report(engine, it, all);
  } finally {
    for (const { child } of all) child.kill();
  }
}

const cases = CASES.filter(({ name }) => process.env.CASE === undefined || process.env.CASE === name);
for (const engine of engines()) {
  if (process.env.ENGINE !== undefined && process.env.ENGINE !== engine.name) continue;
  if (engine.unavailable !== undefined) {
    console.log(`${engine.name} is skipped: ${engine.unavailable}`);
    continue;
  }
  if (engine.name === 'pglite') {
    for (const it of cases) await compare(engine.name, it, {});
    continue;
  }
  const database = await scratchDatabase();
  try {
    for (const it of cases) await compare(engine.name, it, { DATABASE_URL: database.url });
  } finally {
    await database.drop();
  }
}
process.exit(0);
