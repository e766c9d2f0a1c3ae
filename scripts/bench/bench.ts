/**
 * All benchmarks by name: `bun run bench` lists them, `bun run bench data wire` runs two, `bun run bench all` every one. Each prints
 * tables of ratios, from rounds by turns in one run, with what is asked beside them; how to narrow one is said at the top of its file.
 * `RESULTS=<file>` keeps tables, and a run that was broken off goes on behind them. Ratios mean something on any machine, but
 * not while others use it: look at processor time then.
 */
import { join } from 'node:path';

interface Bench {
  readonly file: string;
  readonly minutes: number;
  readonly what: string;
  /** Of a whole run; what is set already stays. */
  readonly env?: Readonly<Record<string, string>>;
}

const BENCHES: Readonly<Record<string, Bench>> = {
  start: { file: 'start.ts', minutes: 1, what: 'time to the first answer and idle memory, against ten lines' },
  stages: { file: 'stages.ts', minutes: 1, what: 'parse, plan and compile of usual requests' },
  http: {
    file: 'run.ts',
    minutes: 50,
    what: 'HTTP against no framework, PostgREST, Supabase Lite, PostGraphile, Hono and Drizzle (installs them)',
    env: { PEERS: 'all', CALLER: 'plain;token' },
  },
  keyset: { file: 'http-keyset.ts', minutes: 2, what: 'HTTP pages and counts of a million rows' },
  data: { file: 'data.ts', minutes: 8, what: 'bulk writes, keyset pages, test databases, triggers, the cache' },
  wire: { file: 'wire.ts', minutes: 9, what: 'the Postgres port, snapshots, the studio’s first view' },
  memory: { file: 'memory.ts', minutes: 10, what: 'memory over a million requests' },
  variety: { file: 'variety.ts', minutes: 20, what: 'memory over a million requests of which no two are alike' },
};

async function run({ file, env = {} }: Bench): Promise<number> {
  const command = [process.execPath, join(import.meta.dir, file)];
  return Bun.spawn(command, { env: { ...env, ...process.env }, stdio: ['ignore', 'inherit', 'inherit'] }).exited;
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => name !== 'all' && !(name in BENCHES));
if (wanted.length === 0 || unknown.length > 0) {
  if (unknown.length > 0) console.log(`There is no ${unknown.join(', ')}.`);
  for (const [name, { minutes, what }] of Object.entries(BENCHES))
    console.log(`${name.padEnd(8)} ${String(minutes).padStart(3)} min  ${what}`);
  process.exit(unknown.length > 0 ? 2 : 0);
}

let failed = 0;
for (const [name, bench] of Object.entries(BENCHES)) {
  if (!wanted.includes('all') && !wanted.includes(name)) continue;
  console.log(`\n== ${name}: ${bench.what}`);
  if ((await run(bench)) !== 0) failed += 1;
}
process.exit(failed > 0 ? 1 : 0);
