/**
 * A bulk upsert against the least that it must do: COPY into a temporary table and one merge, on both engines. Prints the
 * share of that speed which it reaches: medians of alternating rounds, half of them inserts and half updates.
 */
import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import { upsert } from '../../src/data/upsert/index.ts';
import { type Driver, drizzleOver } from '../../src/db/index.ts';
import { engines } from '../../src/db/test/engines.ts';

const ROWS = Number(process.env.ROWS ?? 100_000);
const ROUNDS = Number(process.env.ROUNDS ?? 3);

const items = pgTable('items', { id: integer().primaryKey(), name: text(), price: integer(), note: text() });
const rows = Array.from({ length: ROWS }, (_, id) => ({
  id,
  name: `item ${id}`,
  price: id % 1_000,
  note: `a note on ${id}`,
}));

async function least(driver: Driver): Promise<void> {
  await driver.transaction(async (tx) => {
    await tx.script('create temp table stage (id int, name text, price int, note text) on commit drop');
    const lines = rows.map(({ id, name, price, note }) => `${id}\t${name}\t${price}\t${note}\n`).join('');
    await tx.copyIn('copy stage from stdin', [Buffer.from(lines)]);
    await tx.query({
      text: `insert into items select * from stage on conflict (id) do update
        set name = excluded.name, price = excluded.price, note = excluded.note`,
    });
  });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

for (const engine of engines()) {
  if (engine.unavailable !== undefined) continue;
  const driver = await engine.open();
  const db = drizzleOver(driver);
  await driver.script('create table items (id int primary key, name text, price int, note text)');
  const works = { least: () => least(driver), upsert: () => upsert(db, items, rows) };
  const times = {
    insert: { least: [] as number[], upsert: [] as number[] },
    update: { least: [] as number[], upsert: [] as number[] },
  };
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of ['least', 'upsert'] as const) {
      await driver.script('truncate items');
      const insert = await timed(works[name]);
      await driver.query({ text: 'vacuum items', prepare: false });
      const update = await timed(works[name]);
      // The first round warms up.
      if (round === 0) continue;
      times.insert[name].push(insert);
      times.update[name].push(update);
    }
  }
  for (const [kind, { least: floor, upsert: ours }] of Object.entries(times)) {
    console.log(
      `${engine.name} ${kind} ${ROWS} rows: ${median(ours).toFixed(0)} ms, ${(median(floor) / median(ours)).toFixed(2)} of COPY + merge`,
    );
  }
  await driver.close();
}
