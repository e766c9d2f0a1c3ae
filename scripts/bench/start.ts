/**
 * How long from the start of the process to the first 200, and how much memory it then holds, against the least that any such program
 * must do: a short script which opens a prepared PGlite folder and answers one query.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Subprocess } from 'bun';
import { median } from './median.ts';
import { computedByFamily } from './processor-time.ts';
import { freePort } from './program.ts';
import { type TableRow, table } from './results.ts';
import { amount } from './selection.ts';

const ROUNDS = amount('ROUNDS', 7);
const root = join(import.meta.dir, '..', '..');
const scratch = mkdtempSync(join(tmpdir(), 'hutch-bench-'));
const prepared = join(scratch, 'prepared');

interface Sample {
  /** Milliseconds. */
  readonly ready: number;
  /** Milliseconds that it has computed until then. */
  readonly computed: number;
  /** Resident set, bytes, after a second of idling. */
  readonly memory: number;
}

/** Resident memory of a process and its children. */
function memoryOf(pid: number): number {
  const rss = Bun.spawnSync(['ps', '-o', 'rss=', '--pid', String(pid), '--ppid', String(pid)]).stdout.toString();
  return rss
    .trim()
    .split('\n')
    .reduce((sum, line) => sum + Number(line) * 1_024, 0);
}

async function firstOk(url: string): Promise<void> {
  for (;;) {
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await Bun.sleep(1);
  }
}

async function sample(command: readonly string[], url: string, env: Record<string, string>): Promise<Sample> {
  const started = performance.now();
  const child: Subprocess = Bun.spawn([process.execPath, ...command], {
    cwd: root,
    env: { ...process.env, ...env },
    stdout: 'ignore',
    stderr: 'ignore',
  });
  await firstOk(url);
  const ready = performance.now() - started;
  const computed = computedByFamily(child.pid);
  await Bun.sleep(1_000);
  const memory = memoryOf(child.pid);
  child.kill('SIGTERM');
  await child.exited;
  return { ready, computed, memory };
}

const port = (): string => String(freePort());

/** `data`: its data folder. A fresh start has a new one; emptying one makes ext4 look for inodes that were not freed lately. */
async function hutch(data: string): Promise<Sample> {
  const at = port();
  const env = { PORT: at, HUTCH_PG_PORT: port(), HUTCH_DRIZZLE_STUDIO_PORT: port(), HUTCH_DATA_DIR: data };
  return sample(['scripts/hutch.ts', 'dev'], `http://127.0.0.1:${at}/rest/v1/tickets?limit=1`, env);
}

async function script(): Promise<Sample> {
  const at = port();
  return sample(['scripts/bench/servers/ten-lines.ts'], `http://127.0.0.1:${at}/`, {
    PORT: at,
    DATA: join(scratch, 'plain'),
  });
}

const ASKED: Readonly<Record<string, string>> = { fresh: '≤ 1.50', existing: '≤ 1.30, memory ≤ 1.25' };

async function measured(): Promise<readonly TableRow[]> {
  await hutch(prepared); // warms the file cache, and leaves a prepared folder
  cpSync(prepared, join(scratch, 'plain'), { recursive: true });
  const samples = { script: [] as Sample[], existing: [] as Sample[], fresh: [] as Sample[] };
  for (let round = 0; round < ROUNDS; round++) {
    samples.script.push(await script());
    samples.fresh.push(await hutch(join(scratch, `fresh-${round}`)));
    samples.existing.push(await hutch(prepared));
  }
  const of = (list: readonly Sample[], key: keyof Sample) => median(list.map((it) => it[key]));
  return Object.entries(samples).map(([what, list]) => ({
    what,
    'ready ms': Math.round(of(list, 'ready')),
    ratio: (of(list, 'ready') / of(samples.script, 'ready')).toFixed(2),
    'cpu ms': of(list, 'computed'),
    'cpu ratio': (of(list, 'computed') / of(samples.script, 'computed')).toFixed(2),
    'idle MB': Math.round(of(list, 'memory') / 1e6),
    'memory ratio': (of(list, 'memory') / of(samples.script, 'memory')).toFixed(2),
    asked: ASKED[what] ?? '',
  }));
}

await table('start', measured).finally(() => rmSync(scratch, { recursive: true, force: true }));
