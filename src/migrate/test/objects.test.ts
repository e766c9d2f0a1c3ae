import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { DatabaseObject, Driver } from '../../db/index.ts';
import { engines } from '../../db/test/engines.ts';
import { down, redo } from '../apply/down.ts';
import { applyObjects } from '../apply/objects.ts';
import { up } from '../apply/up.ts';
import { wipe } from '../apply/wipe.ts';
import { inOrder, readObjects } from '../files/objects.ts';
import { ProjectFolder } from './project-folder.ts';
import { rejection } from './rejection.ts';

const one: DatabaseObject = {
  name: 'one',
  up: `CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql AS 'select 1'`,
  down: 'DROP FUNCTION one()',
};
const two: DatabaseObject = {
  name: 'two',
  up: `CREATE OR REPLACE FUNCTION two() RETURNS int LANGUAGE sql AS 'select one() + 1'`,
  down: 'DROP FUNCTION two()',
  dependsOn: ['one'],
};

for (const engine of engines()) {
  const suite = engine.unavailable === undefined ? describe : describe.skip;
  suite(`objects on ${engine.name}${engine.unavailable ? `: ${engine.unavailable}` : ''}`, () => {
    let driver: Driver;
    beforeAll(async () => {
      driver = await engine.open();
    });
    afterAll(() => driver.close());
    const value = async (sql: string) => (await driver.query({ text: sql, prepare: false })).rows[0]?.[0];

    test('are applied in order of dependence, once, and again when they change', async () => {
      await wipe(driver);
      expect((await applyObjects(driver, [two, one])).applied).toEqual(['one', 'two']);
      expect(await value('select two()')).toBe('2');
      const seen: string[] = [];
      const stop = driver.observe((it) => seen.push(it.text));
      expect((await applyObjects(driver, [two, one])).applied).toEqual([]);
      stop();
      expect(seen).toHaveLength(1);
      const changed = { ...one, up: one.up.replace('select 1', 'select 10') };
      expect((await applyObjects(driver, [two, changed])).applied).toEqual(['one', 'two']);
      expect(await value('select two()')).toBe('11');
    });

    test('go when they are no longer named', async () => {
      await wipe(driver);
      await applyObjects(driver, [one, two]);
      expect((await applyObjects(driver, [one])).removed).toEqual(['two']);
      expect(await value(`select to_regproc('two')`)).toBeNull();
    });

    test('one that stands in the way of a migration is put aside, and comes back', async () => {
      await wipe(driver);
      await using folder = await ProjectFolder.create();
      const view: DatabaseObject = {
        name: 'v',
        up: 'CREATE OR REPLACE VIEW v AS SELECT n FROM t',
        down: 'DROP VIEW IF EXISTS v',
      };
      const first = await folder.migrations({ one: 'CREATE TABLE t (n int)' });
      await up(driver, first);
      await applyObjects(driver, [view]);
      const second = await folder.migrations(
        { one: 'CREATE TABLE t (n int)', two: 'ALTER TABLE t ALTER n TYPE bigint' },
        { two: 'ALTER TABLE t ALTER n TYPE int' },
      );
      expect((await up(driver, second)).failure).toBeUndefined();
      expect((await applyObjects(driver, [view])).applied).toEqual(['v']);
      expect((await down(driver, second)).failure).toBeUndefined();
      expect((await applyObjects(driver, [view])).applied).toEqual(['v']);
    });

    test('one that stands in the way behind what could not be one transaction is put aside there', async () => {
      await wipe(driver);
      await using folder = await ProjectFolder.create();
      const view: DatabaseObject = {
        name: 'v',
        up: 'CREATE OR REPLACE VIEW v AS SELECT n FROM t',
        down: 'DROP VIEW v',
      };
      const above: DatabaseObject = {
        name: 'above',
        up: 'CREATE VIEW above AS SELECT n FROM v',
        down: 'DROP VIEW above',
        dependsOn: ['v'],
      };
      const one = 'CREATE TABLE t (n int)';
      await up(driver, await folder.migrations({ one }));
      await applyObjects(driver, [above, view]);
      const two = 'CREATE INDEX CONCURRENTLY t_n ON t (n);\nALTER TABLE t ALTER n TYPE bigint';
      expect((await up(driver, await folder.migrations({ one, two }))).failure).toBeUndefined();
      expect((await applyObjects(driver, [above, view])).applied).toEqual(['v', 'above']);
      expect(await value(`select data_type from information_schema.columns where table_name = 'above'`)).toBe('bigint');
    });

    test('triggers come back with a table that is made anew', async () => {
      await wipe(driver);
      await using folder = await ProjectFolder.create();
      const trigger: DatabaseObject = {
        name: 'touch',
        up: `CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'begin new.n = 7; return new; end';
          CREATE OR REPLACE TRIGGER touch BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION touch()`,
        down: 'DROP FUNCTION touch() CASCADE',
      };
      const migrations = await folder.migrations({ one: 'CREATE TABLE t (n int)' }, { one: 'DROP TABLE t' });
      await up(driver, migrations);
      await applyObjects(driver, [trigger]);
      await redo(driver, migrations);
      await applyObjects(driver, [trigger]);
      expect(await value('INSERT INTO t VALUES (1) RETURNING n')).toBe('7');
    });

    test('all or none: a mistake names its object and line', async () => {
      await wipe(driver);
      const bad: DatabaseObject = { name: 'bad', up: 'SELECT 1;\nSELEC 2', down: '' };
      expect(await rejection(applyObjects(driver, [one, bad]))).toMatchObject({
        code: 'migrate_object_failed',
        details: expect.stringContaining('bad, line 2'),
      });
      expect(await value(`select to_regproc('one')`)).toBeNull();
    });
  });
}

describe('object files', () => {
  test('say what they depend on and how they go', async () => {
    await using folder = await ProjectFolder.create({
      'drizzle/objects/b.sql': '-- depends on: a\n-- down: DROP VIEW b;\nCREATE OR REPLACE VIEW b AS SELECT 1;',
      'drizzle/objects/a.sql': 'SELECT 1;',
    });
    const objects = await readObjects(await folder.project());
    expect(objects.map(({ name, down, dependsOn }) => ({ name, down, dependsOn }))).toEqual([
      { name: 'a', down: '', dependsOn: [] },
      { name: 'b', down: 'DROP VIEW b;', dependsOn: ['a'] },
    ]);
  });

  test('a circle is refused', () => {
    expect(() => inOrder([{ ...one, dependsOn: ['two'] }, two])).toThrow('depend on each other');
  });
});
