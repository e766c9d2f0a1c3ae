/**
 * What the data layer's helpers cost, against the least that the same takes; on both engines, by turns, medians.
 *
 * `bun scripts/bench/data.ts`; the environment narrows it: `ENGINE=pglite`, `PART="bulk;keyset"` (`bulk`, `keyset`, `worlds`, `triggers`,
 * `cache`), `ROUNDS=5`, `ROWS=100000` of the bulk, `KEYSET_ROWS=1000000`. `RESULTS=<file>` keeps tables, and goes on behind them.
 *
 * With all of it about 8 minutes: bulk 3, keyset 4, the others 1.
 */
import type { Driver } from '../../src/db/index.ts';
import { engines, pgliteInWorker, type TestEngine } from '../../src/db/test/engines.ts';
import { bulk } from './data/bulk.ts';
import { cachedRead } from './data/cached-read.ts';
import { keyset } from './data/keyset.ts';
import { triggers } from './data/triggers.ts';
import { worlds } from './data/worlds.ts';
import { type TableRow, table } from './results.ts';
import { amount, chosen } from './selection.ts';

const ROUNDS = amount('ROUNDS', 5);

type Part = (engine: TestEngine) => Promise<readonly TableRow[]>;

/** In a database of its own. */
const inDatabase =
  (measure: (driver: Driver, rounds: number) => Promise<readonly TableRow[]>): Part =>
  async (engine) => {
    const driver = await engine.open();
    return measure(driver, ROUNDS).finally(() => driver.close());
  };

const PARTS: Readonly<Record<string, Part>> = {
  bulk: inDatabase(bulk),
  keyset: inDatabase(keyset),
  worlds: (engine) => worlds(() => engine.open(), ROUNDS),
  triggers: (engine) => triggers(engine, ROUNDS),
  cache: inDatabase(cachedRead),
};

/** The embedded one as in production: in a thread of its own. */
const all = engines().map((engine) => (engine.name === 'pglite' ? pgliteInWorker : engine));

for (const engine of all) {
  if (!chosen('ENGINE', engine.name)) continue;
  if (engine.unavailable !== undefined) console.log(`${engine.name} is skipped: ${engine.unavailable}`);
  else
    for (const [name, part] of Object.entries(PARTS)) {
      if (chosen('PART', name)) await table(`${engine.name}, ${name}`, () => part(engine));
    }
}
process.exit(0);
