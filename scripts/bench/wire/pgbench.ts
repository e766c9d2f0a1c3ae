/** pgbench with four clients through the port, against the same scripts on PGlite in the process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDev } from '../dev-server.ts';
import { median } from '../median.ts';
import { computedBy } from '../processor-time.ts';
import type { TableRow } from '../results.ts';
import { amount } from '../selection.ts';
import { InProcess, type Mode, type ScriptName } from './in-process.ts';

const CLIENTS = 4;

/** Why it can't be run here; undefined where it can. */
export const withoutPgbench = (): string | undefined =>
  Bun.which('pgbench') === null ? 'pgbench is not installed (Debian: postgresql-contrib, or postgresql-15)' : undefined;

interface Rate {
  /** Transactions a second. */
  readonly rate: number;
  /** Microseconds of processor time of each, pgbench's own left out. */
  readonly cpu: number;
}

export async function throughPort(rounds: number): Promise<readonly TableRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hutch-bench-'));
  const server = await startDev({ HUTCH_WIRE: 'on' });
  const inProcess = await InProcess.open(join(folder, 'pgdata'));
  try {
    await pgbench('--initialize', '--quiet', '--scale', '1', server.postgres);
    const rows: TableRow[] = [];
    for (const script of ['select-only', 'tpcb-like'] as const) {
      for (const mode of ['simple', 'prepared'] as const) {
        rows.push(
          await compare(`${script}, ${mode}`, rounds, [
            () => portRate(server, script, mode),
            () => ownRate(inProcess, script, mode),
          ]),
        );
      }
    }
    return rows;
  } finally {
    await inProcess.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const seconds = amount('SECONDS', 2);

async function portRate(
  { pid, postgres }: { readonly pid: number; readonly postgres: string },
  script: ScriptName,
  mode: Mode,
): Promise<Rate> {
  const before = computedBy(pid);
  const options = ['--no-vacuum', '--client', String(CLIENTS), '--time', String(seconds), '--protocol', mode];
  const said = await pgbench(...options, '--builtin', script, postgres);
  const number = (pattern: RegExp) => Number(pattern.exec(said)?.[1]);
  const done = number(/transactions actually processed: (\d+)/);
  return { rate: number(/tps = ([\d.]+)/), cpu: ((computedBy(pid) - before) * 1_000) / done };
}

async function ownRate(inProcess: InProcess, script: ScriptName, mode: Mode): Promise<Rate> {
  const before = process.cpuUsage();
  const started = performance.now();
  const done = await inProcess.run(script, mode, seconds * 1_000);
  const { user, system } = process.cpuUsage(before);
  return { rate: (done * 1_000) / (performance.now() - started), cpu: (user + system) / done };
}

async function compare(what: string, rounds: number, [port, own]: readonly [() => Promise<Rate>, () => Promise<Rate>]) {
  const ours: Rate[] = [];
  const others: Rate[] = [];
  for (let round = 0; round <= rounds; round++) {
    const [mine, its] = [await port(), await own()];
    if (round === 0) continue; // it warms up
    ours.push(mine);
    others.push(its);
  }
  const of = (rates: readonly Rate[], key: keyof Rate) => median(rates.map((one) => one[key]));
  return {
    what: `pgbench -c ${CLIENTS}, ${what}`,
    'port, tps': Math.round(of(ours, 'rate')),
    'in process, tps': Math.round(of(others, 'rate')),
    ratio: (of(ours, 'rate') / of(others, 'rate')).toFixed(2),
    'cpu µs': Math.round(of(ours, 'cpu')),
    'its cpu µs': Math.round(of(others, 'cpu')),
    asked: '≥ 0.70',
  };
}

async function pgbench(...options: readonly string[]): Promise<string> {
  const child = Bun.spawn(['pgbench', ...options], { stdout: 'pipe', stderr: 'pipe' });
  const [said, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code !== 0) throw new Error(`pgbench: ${errors}`);
  return said;
}
