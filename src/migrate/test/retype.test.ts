import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Driver } from '../../db/index.ts';
import { engines } from '../../db/test/engines.ts';
import { wipe } from '../apply/wipe.ts';
import { push } from '../push/push.ts';
import { IMPORTS, ProjectFolder } from './project-folder.ts';
import { rejection } from './rejection.ts';

const SCHEMA = (columns: string) =>
  `${IMPORTS}export const notes = pgTable('notes', { id: integer().primaryKey(), ${columns} });`;

for (const engine of engines()) {
  // Each call of drizzle-kit loads it anew, which adds up: on the second engine only in a long run.
  const runs = engine.unavailable === undefined && (engine.name === 'pglite' || process.env.HUTCH_TEST_LONG);
  const suite = runs ? describe : describe.skip;
  suite(`a column changes its type by push on ${engine.name}`, () => {
    let driver: Driver;
    beforeAll(async () => {
      driver = await engine.open();
    });
    afterAll(() => driver.close());
    const value = async (text: string) => (await driver.query({ text, prepare: false })).rows[0]?.[0];

    test('push asks before a change of type rounds what is there, or cuts it off', async () => {
      await wipe(driver);
      const wide = SCHEMA('price: numeric({ precision: 12, scale: 2 }), title: text(), at: timestamp()');
      await using folder = await ProjectFolder.create({ 'schema.ts': wide });
      const project = await folder.project();
      await push(driver, project);
      await driver.script(`INSERT INTO notes VALUES (1, 1.50, 'longer', now()), (2, NULL, NULL, NULL)`);
      await folder.write({ 'schema.ts': SCHEMA('price: integer(), title: varchar({ length: 3 }), at: date()') });
      const refused = await rejection(push(driver, project, { losses: ['notes.at'] }));
      expect(refused).toMatchObject({
        details: 'Say which is meant: --accept-loss notes.price; --accept-loss notes.title.',
      });
      expect(await value('select price || title from notes where id = 1')).toBe('1.50longer');
      await driver.script(`UPDATE notes SET price = 2.00, title = 'abc'`);
      expect((await push(driver, project, { losses: ['notes.at'] })).applied).toBe(true);
      expect(await value('select price || title from notes where id = 1')).toBe('2abc');
    });

    test('push changes a type under views, which are as they were before', async () => {
      await wipe(driver);
      const schema = (type: string) => `${SCHEMA(`amount: ${type}()`)}
        export const large = pgMaterializedView('large').as((qb) => qb.select().from(notes));`;
      await using folder = await ProjectFolder.create({ 'schema.ts': schema('integer') });
      const project = await folder.project();
      await push(driver, project);
      await driver.script(`INSERT INTO notes VALUES (1, 5); CREATE UNIQUE INDEX large_id ON large (id); GRANT SELECT ON large TO PUBLIC;
        COMMENT ON MATERIALIZED VIEW large IS 'kept'; CREATE VIEW by_hand AS SELECT amount FROM large`);
      await folder.write({ 'schema.ts': schema('numeric') });
      expect(await push(driver, project)).toMatchObject({ applied: true, failure: undefined });
      const kept = `select pg_typeof(amount)::text || to_regclass('large_id') || has_table_privilege('public', 'large', 'select')
        || obj_description('large'::regclass) from by_hand`;
      expect(await value(kept)).toBe('numericlarge_idtruekept');
    });
  });
}
