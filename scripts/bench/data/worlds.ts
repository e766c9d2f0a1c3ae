/** A database for each test: rolled back after it, or committed to and restored. */
import { join } from 'node:path';
import type { Driver } from '../../../src/db/index.ts';
import { rememberBaseline, restoreBaseline } from '../../../src/testing/baseline.ts';
import { openMigrated } from '../../../src/testing/engine.ts';
import { openWorld } from '../../../src/testing/world.ts';
import { byTurns, figure, Meter } from '../meter.ts';
import type { TableRow } from '../results.ts';

const PROJECT = join(import.meta.dir, '..', '..', '..');
/** Tests of one sample. */
const TESTS = 50;

/** What a test writes. */
const WRITE = { text: `insert into categories (name, slug) values ('of a test', 'of-a-test')` };

/** The demo's database, migrated once. `open`: an empty one. */
export async function worlds(open: () => Promise<Driver>, rounds: number): Promise<readonly TableRow[]> {
  const driver = await openMigrated({ project: PROJECT, open });
  try {
    const meter = new Meter(driver);
    const alone = () => meter.spent(() => driver.batch([WRITE], { end: 'rollback' }), TESTS);
    const rolledBack = () => meter.spent(() => inWorld(driver), TESTS);
    const [ours, other] = await byTurns(rounds, [rolledBack, alone]);
    await rememberBaseline(driver);
    const [committed, plain] = await byTurns(rounds, [() => meter.spent(() => inCommitted(driver), TESTS), alone]);
    return [
      figure(asked('a test, rolled back', '≤ 2 ms'), ours, other),
      figure(asked('a test, committed', driver.engine === 'pglite' ? '≤ 15 ms' : ''), committed, plain),
    ];
  } finally {
    await driver.close();
  }
}

const asked = (what: string, limit: string) =>
  ({ what: `${what} (one insert)`, against: 'its insert alone', asked: limit, ratio: 'cost' }) as const;

async function inWorld(driver: Driver): Promise<void> {
  const world = await openWorld(driver);
  await world.driver.query(WRITE);
  await world.undo();
}

async function inCommitted(driver: Driver): Promise<void> {
  await driver.query(WRITE);
  await restoreBaseline(driver);
}
