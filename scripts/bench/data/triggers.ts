/**
 * What is kept by triggers costs every write: an update of one row with the audit log, and on a table with soft deletion, against neither.
 * The bare statement is one that is prepared and sent by the driver, with nothing around it; people update through Drizzle or over HTTP.
 */
import { eq, sql } from 'drizzle-orm';
import { integer, snakeCase, text } from 'drizzle-orm/pg-core';
import { enrich, readCatalog } from '../../../src/catalog/index.ts';
import { audited } from '../../../src/data/audit/index.ts';
import { softDelete } from '../../../src/data/soft-delete/index.ts';
import { databaseWith } from '../../../src/data/test/schema-database.ts';
import { drizzleOver } from '../../../src/db/drizzle/drizzle.ts';
import type { Driver } from '../../../src/db/index.ts';
import type { TestEngine } from '../../../src/db/test/engines.ts';
import { restHandler } from '../../../src/http/pipeline.ts';
import { defaultRestSettings } from '../../../src/rest/index.ts';
import { byTurns, figure, Meter } from '../meter.ts';
import type { TableRow } from '../results.ts';

/** Updates of one sample: few, and many samples, as others use the machine too. */
const UPDATES = 100;
const SAMPLES = 8;
/** Updates before the first sample. */
const WARM_UP = 500;
const ROWS = 10_000;

const columns = () => ({ id: integer().primaryKey(), title: text(), body: text(), views: integer() });

const schema = {
  plain: snakeCase.table('plain', columns()),
  logged: audited(snakeCase.table('logged', columns())),
  deletable: snakeCase.table('deletable', { ...columns(), ...softDelete() }),
};
type Name = keyof typeof schema;

type Update = (table: Name, id: number) => Promise<unknown>;

export async function triggers(engine: TestEngine, rounds: number): Promise<readonly TableRow[]> {
  const { driver } = await databaseWith(engine, schema);
  try {
    for (const table of Object.keys(schema)) {
      await driver.script(`insert into ${table} (id, title, body, views)
        select i, 'title ' || i, repeat('a body ', 20), 0 from generate_series(1, ${ROWS}) i`);
    }
    const ways: readonly [way: string, update: Update][] = [
      ['bare statement', bare(driver)],
      ['through Drizzle', throughDrizzle(driver)],
      ['over HTTP, without a socket', await overHttp(driver)],
    ];
    const rows: TableRow[] = [];
    for (const [way, update] of ways) rows.push(...(await figuresOf(driver, rounds, way, update)));
    return rows;
  } finally {
    await driver.close();
  }
}

async function figuresOf(driver: Driver, rounds: number, way: string, update: Update): Promise<readonly TableRow[]> {
  const meter = new Meter(driver);
  let id = 0;
  const times = (table: Name, count: number) => meter.spent(() => update(table, 1 + (id++ % ROWS)), count);
  const names: readonly Name[] = ['plain', 'logged', 'deletable'];
  for (const table of names) await times(table, WARM_UP);
  const updates = (table: Name) => async () => {
    await driver.script(`vacuum ${table}`);
    return times(table, UPDATES);
  };
  const [plain, logged, deletable] = await byTurns(rounds * SAMPLES, names.map(updates));
  const asked = { against: 'without', ratio: 'cost' } as const;
  return [
    figure({ ...asked, what: `update of one row, audited: ${way}`, asked: '≤ 1.40' }, logged, plain),
    figure({ ...asked, what: `update of one row, soft deletion: ${way}`, asked: '' }, deletable, plain),
  ];
}

const bare =
  (driver: Driver): Update =>
  (table, id) => {
    const text = `update ${table} set views = views + 1, title = $2 where id = $1`;
    return driver.query({ text, params: [String(id), `title of ${id}`] });
  };

function throughDrizzle(driver: Driver): Update {
  const db = drizzleOver(driver);
  return async (name, id) => {
    const table = schema[name];
    await db
      .update(table)
      .set({ title: `Title of ${id}`, views: sql`${table.views} + 1` })
      .where(eq(table.id, id));
  };
}

/** With a caller who is known already. */
async function overHttp(driver: Driver): Promise<Update> {
  const query = async (text: string, params: readonly (string | null)[]) => (await driver.query({ text, params })).rows;
  const catalog = enrich(await readCatalog(query, { schemas: ['public'] }), schema);
  const role = (await query('select current_user', []))[0]?.[0] ?? '';
  const answer = restHandler({
    driver,
    catalog: () => catalog,
    settings: { ...defaultRestSettings, schemas: ['public'] },
    auth: () => ({ role, claims: JSON.stringify({ role, sub: 'usr_bench' }), authenticated: true }),
  });
  const headers = { 'content-type': 'application/json' };
  let views = 0;
  return async (table, id) => {
    const body = JSON.stringify({ title: `The title of ${id}`, views: ++views });
    const address = `http://localhost/rest/v1/${table}?id=eq.${id}`;
    const response = await answer(new Request(address, { method: 'PATCH', headers, body }));
    if (response.status !== 204) throw new Error(`${response.status}: ${await response.text()}`);
  };
}
