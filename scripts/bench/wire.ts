/**
 * One database and many tools: what the Postgres port costs HTTP and pgbench, how long a snapshot and the studio's first view take.
 *
 * `bun scripts/bench/wire.ts`; the environment narrows it: `PART="idle;pgbench"` (`idle`, `pgbench`, `snapshot`, `studio`), `ROUNDS=5`,
 * `SECONDS=2` of each sample, `GIGABYTES=1` of the snapshot. `RESULTS=<file>` keeps tables, and goes on behind them.
 *
 * With all of it about 9 minutes: idle 1, pgbench 2, snapshot 5, studio 1.
 */
import { type TableRow, table } from './results.ts';
import { amount, chosen } from './selection.ts';
import { firstView, withoutChromium } from './wire/first-view.ts';
import { idleClients } from './wire/idle-clients.ts';
import { throughPort, withoutPgbench } from './wire/pgbench.ts';
import { snapshots } from './wire/snapshot.ts';

const ROUNDS = amount('ROUNDS', 5);

interface Part {
  readonly unavailable?: () => string | undefined;
  readonly measure: (rounds: number) => Promise<readonly TableRow[]>;
}

const PARTS: Readonly<Record<string, Part>> = {
  idle: { measure: idleClients },
  pgbench: { measure: throughPort, unavailable: withoutPgbench },
  snapshot: { measure: snapshots },
  studio: { measure: firstView, unavailable: withoutChromium },
};

for (const [name, { unavailable, measure }] of Object.entries(PARTS)) {
  if (!chosen('PART', name)) continue;
  const why = unavailable?.();
  if (why !== undefined) console.log(`${name} is skipped: ${why}`);
  else await table(`pglite, ${name}`, () => measure(ROUNDS));
}
process.exit(0);
