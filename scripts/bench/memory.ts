/**
 * Whether memory stays flat over a million requests: Hutch's resident memory along the way, on both engines, under the four cases by turns.
 *
 * `bun scripts/bench/memory.ts`; `REQUESTS=1000000`, `SECONDS=5` of each load, `ENGINE=pglite`. With all of it about 10 minutes. `RESULTS=<file>`
 * keeps tables.
 */
import { readFileSync } from 'node:fs';
import { engines } from '../../src/db/test/engines.ts';
import { CASES } from './dataset.ts';
import { scratchDatabase } from './final-statement.ts';
import { sample } from './http-samples.ts';
import type { EngineName } from './peer.ts';
import { hutch } from './peers/hutch.ts';
import { type TableRow, table } from './results.ts';
import { startProgram } from './running.ts';
import { amount, chosen } from './selection.ts';

const REQUESTS = amount('REQUESTS', 1_000_000);
const SECONDS = amount('SECONDS', 5);
/** Rows of the table, each a tenth of the way. */
const STOPS = 10;

/** Megabytes that a process has in memory. */
function resident(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1_024);
}

async function along(engine: EngineName, databaseUrl?: string): Promise<readonly TableRow[]> {
  const [first] = CASES;
  if (first === undefined) return [];
  const setting = { engine, caller: 'anonymous', it: first, databaseUrl, statement: {} } as const;
  const { pid, address, stop } = await startProgram(hutch.program(setting, ''));
  try {
    const rows: TableRow[] = [{ requests: 0, 'resident MB': resident(pid) }];
    let done = 0;
    for (let turn = 0; done < REQUESTS; turn++) {
      const it = CASES[turn % CASES.length] ?? first;
      const running = { peer: hutch, pid, stop, request: { ...it, url: `${address}${it.url}` } };
      done += (await sample(running, { connections: 32, seconds: SECONDS, headers: {} })).requests;
      if (done >= (REQUESTS / STOPS) * rows.length) rows.push({ requests: done, 'resident MB': resident(pid) });
    }
    return rows;
  } finally {
    await stop();
  }
}

for (const { name, unavailable } of engines()) {
  if (!chosen('ENGINE', name)) continue;
  if (unavailable !== undefined) console.log(`${name} is skipped: ${unavailable}`);
  else if (name === 'pglite') await table(`${name}, memory`, () => along(name));
  else {
    const { url, drop } = await scratchDatabase();
    await table(`${name}, memory`, () => along(name, url)).finally(drop);
  }
}
process.exit(0);
