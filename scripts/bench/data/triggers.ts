/** What is kept by triggers costs every write: an update of one row with the audit log, and on a table with soft deletion, against neither. */
import { integer, snakeCase, text } from 'drizzle-orm/pg-core';
import { audited } from '../../../src/data/audit/index.ts';
import { softDelete } from '../../../src/data/soft-delete/index.ts';
import { databaseWith } from '../../../src/data/test/schema-database.ts';
import type { TestEngine } from '../../../src/db/test/engines.ts';
import { byTurns, figure, Meter } from '../meter.ts';
import type { TableRow } from '../results.ts';

/** Updates of one sample. */
const UPDATES = 500;
const ROWS = 10_000;

const columns = () => ({ id: integer().primaryKey(), title: text(), body: text(), views: integer() });

const schema = {
  plain: snakeCase.table('plain', columns()),
  logged: audited(snakeCase.table('logged', columns())),
  deletable: snakeCase.table('deletable', { ...columns(), ...softDelete() }),
};

export async function triggers(engine: TestEngine, rounds: number): Promise<readonly TableRow[]> {
  const { driver } = await databaseWith(engine, schema);
  try {
    const meter = new Meter(driver);
    for (const table of Object.keys(schema)) {
      await driver.script(`insert into ${table} (id, title, body, views)
        select i, 'title ' || i, repeat('a body ', 20), 0 from generate_series(1, ${ROWS}) i`);
    }
    const updates = (table: string) => async () => {
      await driver.script(`vacuum ${table}`);
      let id = 0;
      const text = `update ${table} set views = views + 1, title = $2 where id = $1`;
      return meter.spent(() => driver.query({ text, params: [String(++id), `title of ${id}`] }), UPDATES);
    };
    const [plain, logged, deletable] = await byTurns(rounds, ['plain', 'logged', 'deletable'].map(updates));
    const asked = { against: 'without', ratio: 'cost' } as const;
    return [
      figure({ ...asked, what: 'update of one row, audited', asked: '≤ 1.40' }, logged, plain),
      figure({ ...asked, what: 'update of one row, soft deletion', asked: '' }, deletable, plain),
    ];
  } finally {
    await driver.close();
  }
}
