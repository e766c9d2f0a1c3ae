import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Driver } from '../../db/index.ts';
import { engines } from '../../db/test/engines.ts';
import { down } from '../apply/down.ts';
import { up } from '../apply/up.ts';
import { wipe } from '../apply/wipe.ts';
import { push } from '../push/push.ts';
import { generate } from '../write/generate.ts';
import { IMPORTS, ProjectFolder } from './project-folder.ts';
import { rejection } from './rejection.ts';

const SCHEMA = (columns: string) =>
  `${IMPORTS}export const notes = pgTable('notes', { id: integer().primaryKey(), ${columns} });`;

const role = (name: string) =>
  `DO $$ BEGIN CREATE ROLE ${name}; EXCEPTION WHEN duplicate_object THEN END $$; GRANT CREATE, USAGE ON SCHEMA public TO ${name};`;

/** A default privilege that was taken back from one view is no reason to give it again. */
const BY_HAND = `${role('view_reader')} ${role('view_owner')}
  ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO view_reader;
  GRANT UPDATE (amount) ON own TO view_reader WITH GRANT OPTION; GRANT INSERT ON own TO PUBLIC;
  ALTER VIEW own OWNER TO view_owner; ALTER VIEW own SET (security_barrier = true);
  COMMENT ON COLUMN own.amount IS 'it''s kept'; COMMENT ON MATERIALIZED VIEW large IS 'kept';
  CREATE RULE nothing AS ON DELETE TO own DO INSTEAD NOTHING; CREATE UNIQUE INDEX large_id ON large (id);
  CREATE FUNCTION ignored() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
  CREATE TRIGGER ignored INSTEAD OF UPDATE ON own FOR EACH ROW EXECUTE FUNCTION ignored();`;

const WHAT_THERE_IS = `SELECT concat_ws(' ', relname, relowner::regrole, reloptions, (SELECT array_agg(x ORDER BY x::text) FROM unnest(coalesce(relacl, acldefault('r', relowner))) x))
    FROM pg_class WHERE relname IN ('own', 'large')
  UNION ALL SELECT attname || attacl::text FROM pg_attribute WHERE attrelid = 'own'::regclass AND attacl IS NOT NULL
  UNION ALL SELECT description FROM pg_description WHERE objoid IN ('own'::regclass, 'large'::regclass)
  UNION ALL SELECT rulename FROM pg_rewrite WHERE ev_class = 'own'::regclass
  UNION ALL SELECT tgname FROM pg_trigger WHERE tgrelid = 'own'::regclass
  UNION ALL SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = 'large'::regclass ORDER BY 1`;

for (const engine of engines()) {
  // Each call of drizzle-kit loads it anew, which adds up: on the second engine only in a long run.
  const runs = engine.unavailable === undefined && (engine.name === 'pglite' || process.env.HUTCH_TEST_LONG);
  const suite = runs ? describe : describe.skip;
  suite(`a filled table changes on ${engine.name}`, () => {
    let driver: Driver;
    beforeAll(async () => {
      driver = await engine.open();
    });
    afterAll(() => driver.close());
    const all = async (text: string) => (await driver.query({ text, prepare: false })).rows.map(([cell]) => cell);
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

    test('a column that may not be empty says how many rows have nothing for it, and what to do', async () => {
      await wipe(driver);
      await using folder = await ProjectFolder.create({ 'schema.ts': SCHEMA('phone: text()') });
      const project = await folder.project();
      await push(driver, project);
      await driver.script(`INSERT INTO notes VALUES (1, 'a'), (2, NULL), (3, NULL)`);
      await folder.write({ 'schema.ts': SCHEMA('phone: text().notNull()') });
      expect((await push(driver, project)).failure).toMatchObject({
        detail: '2 of the 3 rows of "public"."notes" have no value for "phone".',
        hint: expect.stringContaining('UPDATE "public"."notes" SET "phone" = … WHERE "phone" IS NULL'),
      });
      await folder.write({ 'schema.ts': SCHEMA('phone: text(), mail: text().notNull()') });
      expect((await push(driver, project)).failure).toMatchObject({
        detail: '3 of the 3 rows of "public"."notes" have no value for "mail".',
        hint: expect.stringContaining('.default(…)'),
      });
      expect(await value('select count(*) from notes')).toBe('3');
    });

    test('a migration changes a type under views, and keeps what was done to them by hand; so does its way back', async () => {
      await wipe(driver);
      const schema = (type: string) => `${SCHEMA(`amount: ${type}()`)}
        export const large = pgMaterializedView('large').as((qb) => qb.select().from(notes));
        export const own = pgView('own').as((qb) => qb.select().from(notes));`;
      await using folder = await ProjectFolder.create({ 'schema.ts': schema('integer') });
      await generate(await folder.project(), { name: 'first' });
      await up(driver, await folder.read());
      await driver.script(BY_HAND);
      const kept = await all(WHAT_THERE_IS);
      expect(kept.length).toBe(9);
      await folder.write({ 'schema.ts': schema('numeric') });
      await generate(await folder.project(), { name: 'numeric' });
      expect((await up(driver, await folder.read())).failure).toBeUndefined();
      expect(await value(`select pg_typeof(amount) from large right join (select) a on true`)).toBe('numeric');
      expect(await all(WHAT_THERE_IS)).toEqual(kept);
      expect((await down(driver, await folder.read())).failure).toBeUndefined();
      expect(await value(`select pg_typeof(amount) from large right join (select) a on true`)).toBe('integer');
      expect(await all(WHAT_THERE_IS)).toEqual(kept);
      await driver.script('ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM view_reader');
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
