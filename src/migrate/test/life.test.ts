import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { DatabaseObject, Driver } from '../../db/index.ts';
import { engines } from '../../db/test/engines.ts';
import { eventually } from '../../db/test/eventually.ts';
import { applyObjects } from '../apply/objects.ts';
import { repair } from '../apply/repair.ts';
import { seed } from '../apply/seed.ts';
import { up } from '../apply/up.ts';
import { reset, wipe } from '../apply/wipe.ts';
import { adoptLive } from '../compare/adopt.ts';
import { validate } from '../compare/check.ts';
import { drift } from '../compare/drift.ts';
import { status } from '../compare/status.ts';
import { DRIZZLE_LEDGER } from '../project/project.ts';
import { type LiveEvent, liveSchema } from '../push/live.ts';
import { push } from '../push/push.ts';
import { generate } from '../write/generate.ts';
import { preview } from '../write/preview.ts';
import { IMPORTS, ProjectFolder } from './project-folder.ts';
import { rejection } from './rejection.ts';

const SCHEMA = (columns: string) =>
  `${IMPORTS}export const notes = pgTable('notes', { id: integer().primaryKey(), ${columns} });`;

/** Each call of drizzle-kit loads it anew in a Worker, which adds up: on the second engine only in a long run. */
const withKit = (engine: string) => (engine === 'pglite' || process.env.HUTCH_TEST_LONG ? test : test.skip);

for (const engine of engines()) {
  const suite = engine.unavailable === undefined ? describe : describe.skip;
  suite(`the life of a schema on ${engine.name}${engine.unavailable ? `: ${engine.unavailable}` : ''}`, () => {
    let driver: Driver;
    beforeAll(async () => {
      driver = await engine.open();
    });
    afterAll(() => driver.close());
    const value = async (text: string) => (await driver.query({ text, prepare: false })).rows[0]?.[0];

    test('status, drift and the SQL that closes it', async () => {
      await wipe(driver);
      await using folder = await ProjectFolder.create();
      const migrations = await folder.migrations({
        one: 'CREATE TABLE a (id int PRIMARY KEY, b text NOT NULL)',
        two: 'SELECT 1',
      });
      const project = await folder.project();
      await up(driver, migrations, { steps: 1 });
      expect(await status(driver, project)).toMatchObject({
        layout: 'folders',
        pending: 1,
        entries: [{ state: 'applied', down: 'none' }, { state: 'pending' }],
      });
      expect((await drift(driver, project)).differences).toEqual([]);
      await driver.script(
        'ALTER TABLE a DROP COLUMN b; CREATE INDEX stray ON a (id); CREATE FUNCTION extra() RETURNS int LANGUAGE sql AS $$ select 1 $$',
      );
      const found = await drift(driver, project);
      expect(found.differences.map((it) => `${it.what} ${it.kind}`).sort()).toEqual([
        'extra functions',
        'extra indexes',
        'missing columns',
      ]);
      await driver.script(found.steps.map((it) => it.sql).join(';\n'));
      expect((await drift(driver, project)).differences).toEqual([]);
    });

    test('objects are part of status and of drift', async () => {
      await wipe(driver);
      await using folder = await ProjectFolder.create();
      const project = await folder.project();
      await up(driver, await folder.migrations({ one: 'CREATE TABLE a (id int)' }));
      const view: DatabaseObject = {
        name: 'v',
        up: 'CREATE OR REPLACE VIEW v AS SELECT 1 AS one',
        down: 'DROP VIEW v',
      };
      expect((await status(driver, project, { objects: [view] })).objects).toEqual(['v']);
      await applyObjects(driver, [view]);
      expect(await status(driver, project, { objects: [view], drift: true })).toMatchObject({
        objects: [],
        drift: { differences: [] },
      });
      await driver.script('DROP VIEW v');
      expect((await drift(driver, project, { objects: [view] })).steps.map((it) => it.sql)).toEqual([
        expect.stringContaining('CREATE VIEW "public"."v"'),
      ]);
    });

    test('what is wrong between files and ledger is found, and repaired', async () => {
      await wipe(driver);
      await using folder = await ProjectFolder.create();
      const project = await folder.project();
      await up(driver, await folder.migrations({ one: 'CREATE TABLE a (id int)' }, { one: 'DROP TABLE a' }));
      await folder.migrations({ one: 'CREATE TABLE a (id bigint)' });
      await driver.script(
        `INSERT INTO drizzle.__drizzle_migrations (hash, created_at, name) VALUES ('x', 0, 'vanished')`,
      );
      expect((await validate(driver, project)).map((it) => it.code)).toEqual(['edited', 'missing']);
      expect(await repair(driver, project, { acceptEdited: true, forgetMissing: true })).toHaveLength(2);
      expect(await validate(driver, project)).toEqual([]);
      await repair(driver, project, { markPending: ['one'] });
      expect((await status(driver, project)).pending).toBe(1);
      await repair(driver, project, { markApplied: ['one'] });
      expect((await status(driver, project)).pending).toBe(0);
    });

    test('a preview gives the exact SQL, and changes nothing', async () => {
      await wipe(driver);
      await using folder = await ProjectFolder.create();
      await folder.migrations({ one: 'CREATE TABLE a (id int);\nSELECT 2;' });
      const plan = await preview(driver, await folder.project(), 'up');
      expect(plan.files[0]?.statements).toEqual(['CREATE TABLE a (id int)', 'SELECT 2']);
      if (!driver.capabilities.concurrent) expect(plan.changes?.map((it) => it.name)).toContain('"public"."a"');
      expect(await value(`select to_regclass('a')`)).toBeNull();
    });

    withKit(engine.name)('push asks before it loses data, and leaves alone what it never made', async () => {
      await wipe(driver);
      await driver.script(`CREATE TABLE by_hand (id int PRIMARY KEY, title text);
        CREATE INDEX by_hand_title ON by_hand (title);
        ALTER TABLE by_hand ENABLE ROW LEVEL SECURITY;
        CREATE TABLE by_hand_child (parent int REFERENCES by_hand)`);
      const byHand = () =>
        value(`select relrowsecurity::text || (select count(*) from pg_constraint where conrelid = 'by_hand_child'::regclass and contype = 'f')
          || to_regclass('by_hand_title') from pg_class where oid = 'by_hand'::regclass`);
      await using folder = await ProjectFolder.create({ 'schema.ts': SCHEMA('title: text(), body: text()') });
      const project = await folder.project();
      expect((await push(driver, project)).applied).toBe(true);
      await driver.script(`INSERT INTO notes VALUES (1, 't', 'b')`);
      expect(await push(driver, project)).toMatchObject({ statements: [], applied: false });
      await folder.write({ 'schema.ts': SCHEMA('title: text()') });
      expect(await rejection(push(driver, project))).toMatchObject({
        details: 'Say which is meant: --accept-loss notes.body.',
      });
      await push(driver, project, { losses: ['notes.body'] });
      await folder.write({ 'schema.ts': SCHEMA('heading: text()') });
      await push(driver, project, { renames: ['notes.title=notes.heading'] });
      expect(await value('select heading from notes')).toBe('t');
      expect(await byHand()).toBe('true1by_hand_title');
      expect((await status(driver, project)).unsaved).toHaveLength(3);
    });

    withKit(engine.name)(
      'live schema follows the file, stays through a mistake, and holds what loses data',
      async () => {
        await wipe(driver);
        await using folder = await ProjectFolder.create({ 'schema.ts': SCHEMA('title: text()') });
        const events: LiveEvent[] = [];
        const live = liveSchema({ project: await folder.project(), driver, onEvent: (event) => events.push(event) });
        let seen = 0;
        const next = async (): Promise<LiveEvent['type'] | undefined> => {
          await eventually(() => events.length > seen);
          seen = events.length;
          return events.at(-1)?.type;
        };
        await live.refresh();
        expect(await next()).toBe('applied');
        await folder.write({ 'schema.ts': SCHEMA('title: text(), done: integer()') });
        expect(await next()).toBe('applied');
        await driver.script(`INSERT INTO notes VALUES (1, 't', 1)`);
        await folder.write({ 'schema.ts': 'export const = ;' });
        expect(await next()).toBe('broken');
        await folder.write({ 'schema.ts': SCHEMA('title: text()') });
        expect(await next()).toBe('held');
        await folder.write({ 'dev.log': 'not a source' });
        await Bun.sleep(300);
        expect(events).toHaveLength(seen);
        await live.stop();
        expect(await value('select done from notes')).toBe('1');
      },
    );

    withKit(engine.name)(
      'a migration generated from live changes is not applied twice; a different one gets them out of its way',
      async () => {
        await wipe(driver);
        await using folder = await ProjectFolder.create({ 'schema.ts': SCHEMA('title: text()') });
        const project = await folder.project();
        await push(driver, project);
        await generate(project, { name: 'notes' });
        const adopted = await adoptLive(driver, project);
        expect(adopted.outcome).toBe('adopted');
        expect(await status(driver, project)).toMatchObject({ pending: 0, unsaved: [] });
        await folder.write({ 'schema.ts': SCHEMA('title: text(), extra: text()') });
        await push(driver, project);
        await folder.write({ 'drizzle/29990101000000_other/migration.sql': 'ALTER TABLE notes ADD COLUMN other int' });
        expect(await rejection(adoptLive(driver, project))).toMatchObject({ code: 'migrate_refused' });
        expect((await adoptLive(driver, project, { force: true })).outcome).toBe('unwound');
        expect((await up(driver, await folder.read())).applied).toEqual(['29990101000000_other']);
      },
    );

    test('seeds run once for each form, whole or not at all', async () => {
      await wipe(driver);
      await driver.script('CREATE TABLE notes (id int PRIMARY KEY, title text)');
      await using folder = await ProjectFolder.create({
        'schema.ts': SCHEMA('title: text()'),
        'drizzle/seed.ts': `import { notes } from '../schema.ts';
export default async ({ db }) => { await db.insert(notes).values([{ id: 1, title: 'a' }, { id: 2, title: 'b' }]).onConflictDoNothing(); };`,
      });
      const project = await folder.project();
      expect(await seed(driver, project)).toMatchObject({ file: 'drizzle/seed.ts', ran: true });
      expect(await seed(driver, project)).toMatchObject({ ran: false });
      expect(await value('select count(*) from notes')).toBe('2');
      await folder.write({ 'half.sql': `INSERT INTO notes VALUES (3, 'c');\nINSERT INTO nowhere VALUES (1);` });
      expect(await rejection(seed(driver, project, { file: 'half.sql' }))).toMatchObject({
        code: 'migrate_seed_failed',
        details: expect.stringContaining('half.sql:2:13'),
      });
      expect(await value('select count(*) from notes')).toBe('2');
    });

    test('reset empties; in production, and what no migration ever made, only by name', async () => {
      await wipe(driver);
      await driver.script('CREATE SCHEMA other; CREATE TABLE other.a (id int); CREATE TABLE b (id int)');
      const database = (await value('select current_database()')) ?? '';
      const ledger = DRIZZLE_LEDGER;
      const refused = { code: 'migrate_refused', hint: `Say so with --force ${database}` };
      expect(await rejection(reset(driver, { production: true, confirm: 'wrong', ledger }))).toMatchObject(refused);
      expect(await rejection(reset(driver, { production: false, ledger }))).toMatchObject(refused);
      expect(await value(`select to_regclass('b')`)).toBe('b');
      await reset(driver, { production: true, confirm: database, ledger });
      expect(await value(`select count(*) from pg_class where relname in ('a', 'b')`)).toBe('0');
      await driver.script('CREATE SCHEMA drizzle; CREATE TABLE b (id int)');
      await reset(driver, { production: false, ledger });
      expect(await value(`select to_regclass('b')`)).toBeNull();
    });
  });
}
