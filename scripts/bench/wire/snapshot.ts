/** A snapshot of a large embedded database, saved and restored while it is open, against a plain copy of its folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPglite, type PgliteDriver } from '../../../src/db/index.ts';
import { SnapshotStore } from '../../../src/db/snapshots/store.ts';
import { byTurns, figure, Meter } from '../meter.ts';
import type { TableRow } from '../results.ts';
import { amount } from '../selection.ts';

/** Rows that make about a gigabyte; not long enough to be compressed. */
const GIGABYTE = 1_000_000;
const CHUNK = 50_000;
const NAME = 'bench';

export async function snapshots(rounds: number): Promise<readonly TableRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hutch-bench-'));
  const driver = await openPglite({ dataDir: join(folder, 'pgdata') });
  try {
    await fill(driver, amount('GIGABYTES', 1) * GIGABYTE);
    const store = new SnapshotStore(join(folder, 'snapshots'));
    const meter = new Meter(driver);
    const { bytes } = await store.save(driver, NAME);
    const [saved, restored, copied] = await byTurns(rounds, [
      () => meter.spent(() => store.save(driver, NAME, { replace: true })),
      () => meter.spent(() => store.restore(driver, NAME)),
      () => meter.spent(() => copy(join(folder, 'pgdata'), join(folder, 'copy'))),
    ]);
    const asked = { against: 'cp --recursive', asked: 'seconds', ratio: 'cost' } as const;
    const size = `${(bytes / 1e9).toFixed(2)} GB`;
    return [
      figure({ ...asked, what: `snapshot saved, ${size}` }, saved, copied),
      figure({ ...asked, what: `snapshot restored, ${size}` }, restored, copied),
    ];
  } finally {
    await driver.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(driver: PgliteDriver, rows: number): Promise<void> {
  await driver.script('create table pieces (id int primary key, body text not null)');
  for (let from = 1; from <= rows; from += CHUNK) {
    const to = Math.min(rows, from + CHUNK - 1);
    const text = `insert into pieces select i, repeat(md5(i::text), 30) from generate_series(${from}, ${to}) i`;
    await driver.query({ text, prepare: false }, { timeout: 120_000 });
    await driver.script('checkpoint'); // otherwise the log grows as large as the table
  }
}

async function copy(from: string, to: string): Promise<void> {
  rmSync(to, { recursive: true, force: true });
  await Bun.spawn(['cp', '--recursive', from, to]).exited;
}
