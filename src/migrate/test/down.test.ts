import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Driver } from '../../db/index.ts';
import { engines } from '../../db/test/engines.ts';
import { down, redo } from '../apply/down.ts';
import { readLedger } from '../apply/ledger.ts';
import { up } from '../apply/up.ts';
import { wipe } from '../apply/wipe.ts';
import { DRIZZLE_LEDGER } from '../project/project.ts';
import { ProjectFolder } from './project-folder.ts';
import { rejection } from './rejection.ts';

const UPS = { one: 'CREATE TABLE a (id int)', two: 'CREATE TABLE b (id int)', three: 'CREATE TABLE c (id int)' };
const DOWNS = { one: 'DROP TABLE a;', two: 'DROP TABLE b;', three: 'DROP TABLE c;' };

for (const engine of engines()) {
  const suite = engine.unavailable === undefined ? describe : describe.skip;
  suite(`down on ${engine.name}${engine.unavailable ? `: ${engine.unavailable}` : ''}`, () => {
    let driver: Driver;
    beforeAll(async () => {
      driver = await engine.open();
    });
    afterAll(() => driver.close());
    const left = async () => (await readLedger(driver, DRIZZLE_LEDGER)).rows.map((it) => it.name?.slice(15));

    test('the latest, some, or until one', async () => {
      await wipe(driver);
      await using folder = await ProjectFolder.create();
      const migrations = await folder.migrations(UPS, DOWNS);
      await up(driver, migrations);
      expect((await down(driver, migrations)).reverted).toEqual([migrations[2]?.name ?? '']);
      expect(await left()).toEqual(['one', 'two']);
      await up(driver, migrations);
      await down(driver, migrations, { to: 'one' });
      expect(await left()).toEqual(['one']);
      await down(driver, migrations, { steps: 9 });
      expect(await left()).toEqual([]);
      expect((await driver.query({ text: `select to_regclass('a')`, prepare: false })).rows).toEqual([[null]]);
    });

    test('a way that loses data, or is missing, refuses the whole run before it starts', async () => {
      await wipe(driver);
      await using folder = await ProjectFolder.create();
      const lossy = { ...DOWNS, two: '-- irreversible: rows are gone\nDROP TABLE b;' };
      const migrations = await folder.migrations(UPS, lossy);
      await up(driver, migrations);
      expect(await rejection(down(driver, migrations, { steps: 2 }))).toMatchObject({
        code: 'migrate_irreversible',
        details: expect.stringContaining('rows are gone'),
      });
      expect(await left()).toEqual(['one', 'two', 'three']);
      expect((await down(driver, migrations, { steps: 2, force: true })).reverted).toHaveLength(2);
      const without = await folder.migrations({ ...UPS, four: 'SELECT 1' }, DOWNS);
      await up(driver, without);
      expect(await rejection(down(driver, without))).toMatchObject({ code: 'migrate_no_way_down' });
    });

    test('a failing way down stays where it was, and says where', async () => {
      await wipe(driver);
      await using folder = await ProjectFolder.create();
      const migrations = await folder.migrations(UPS, { ...DOWNS, three: 'DROP TABLE c;\nDROP TABLE nowhere;' });
      await up(driver, migrations);
      const result = await down(driver, migrations);
      expect(result.failure).toMatchObject({
        code: '42P01',
        place: { line: 2, column: 1 },
        file: migrations[2]?.downPath,
      });
      expect(await left()).toEqual(['one', 'two', 'three']);
    });

    test('redo', async () => {
      await wipe(driver);
      await using folder = await ProjectFolder.create();
      const migrations = await folder.migrations(UPS, DOWNS);
      await up(driver, migrations);
      const result = await redo(driver, migrations, { steps: 2 });
      expect(result.down.reverted).toHaveLength(2);
      expect(result.up?.applied).toHaveLength(2);
      expect(await left()).toEqual(['one', 'two', 'three']);
    });
  });
}
