/** Many rows at once, against the least that it takes: COPY into a temporary table, and one statement from there. */
import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import { insertMany, updateMany, upsert } from '../../../src/data/upsert/index.ts';
import { drizzleOver } from '../../../src/db/drizzle/drizzle.ts';
import type { Driver } from '../../../src/db/index.ts';
import { byTurns, figure, Meter } from '../meter.ts';
import type { TableRow } from '../results.ts';
import { amount } from '../selection.ts';

const items = pgTable('items', { id: integer().primaryKey(), name: text(), price: integer(), note: text() });
const DDL = 'create table items (id int primary key, name text, price int, note text)';
const SET = 'set name = s.name, price = s.price, note = s.note';

const INSERT = 'insert into items select * from stage';
const UPSERT = `insert into items select * from stage on conflict (id) do update
  set name = excluded.name, price = excluded.price, note = excluded.note`;
const UPDATE = `update items ${SET} from stage s where items.id = s.id`;

const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, id) => ({ id, name: `item ${id}`, price: id % 1_000, note: `a note on ${id}` }));

type Rows = ReturnType<typeof rowsOf>;

async function least(driver: Driver, rows: Rows, statement: string): Promise<void> {
  await driver.transaction(async (tx) => {
    await tx.script('create temp table stage (id int, name text, price int, note text) on commit drop');
    const lines = rows.map(({ id, name, price, note }) => `${id}\t${name}\t${price}\t${note}\n`).join('');
    await tx.copyIn('copy stage from stdin', [Buffer.from(lines)]);
    await tx.query({ text: statement });
  });
}

/** Empties the table, or leaves it as a load of the same rows has, so that every run finds the same. */
async function ready(driver: Driver, full: boolean): Promise<void> {
  await driver.script('truncate items');
  if (full)
    await driver.script(`insert into items select i, 'item ' || i, i % 1000, 'a note on ' || i
    from generate_series(0, ${amount('ROWS', 100_000) - 1}) i`);
}

export async function bulk(driver: Driver, rounds: number): Promise<readonly TableRow[]> {
  const rows = rowsOf(amount('ROWS', 100_000));
  const db = drizzleOver(driver);
  const meter = new Meter(driver);
  await driver.script(DDL);
  const kinds = [
    { what: 'insertMany', full: false, ours: () => insertMany(db, items, rows), statement: INSERT },
    { what: 'upsert, all new', full: false, ours: () => upsert(db, items, rows), statement: UPSERT },
    { what: 'upsert, all known', full: true, ours: () => upsert(db, items, rows), statement: UPSERT },
    { what: 'updateMany', full: true, ours: () => updateMany(db, items, rows), statement: UPDATE },
  ];
  const figures: TableRow[] = [];
  for (const { what, full, ours, statement } of kinds) {
    const timed = (work: () => Promise<unknown>) => async () => {
      await ready(driver, full);
      return meter.spent(work);
    };
    const [mine, floor] = await byTurns(rounds, [timed(ours), timed(() => least(driver, rows, statement))]);
    const asked = { what: `${what}, ${rows.length} rows`, against: 'COPY + one statement', asked: '≥ 0.70' };
    figures.push(figure({ ...asked, ratio: 'speed' }, mine, floor));
  }
  return figures;
}
