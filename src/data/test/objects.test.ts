import { describe, expect, test } from 'bun:test';
import { sql } from 'drizzle-orm';
import { foreignKey, integer, pgPolicy, pgSchema, primaryKey, serial, snakeCase, text } from 'drizzle-orm/pg-core';
import { anonRole, authenticatedRole } from 'drizzle-orm/supabase';
import { engines, freshDatabase } from '../../db/test/engines.ts';
import { applyObjects, type MigrateEvent, up } from '../../migrate/index.ts';
import { ProjectFolder } from '../../migrate/test/project-folder.ts';
import { rejection } from '../../migrate/test/rejection.ts';
import { audited } from '../audit/audited.ts';
import { actorColumns } from '../columns/actor.ts';
import { timestamps } from '../columns/timestamps.ts';
import { objectsOf } from '../objects.ts';
import { roleObjects } from '../roles/roles.ts';
import { softDelete } from '../soft-delete/soft-delete.ts';
import { databaseWith, failure, generated, lines } from './schema-database.ts';

const app = pgSchema('app "quoted"');
const parents = audited(
  app.table(
    'Parent\'s "table"',
    {
      a: integer('a'),
      b: text('The b'),
      ...timestamps(),
      ...actorColumns(),
      ...softDelete({ flag: true }),
    },
    (t) => [primaryKey({ columns: [t.a, t.b] })],
  ),
);
const children = app.table(
  'a_child_with_a_name_that_is_as_long_as_a_name_can_be_in_postgres',
  { id: serial('id').primaryKey(), a: integer('a'), b: text('b'), ...softDelete() },
  (t) => [
    foreignKey({ columns: [t.a, t.b], foreignColumns: [parents.a, parents.b], name: 'to_parent' }).onDelete('cascade'),
  ],
);
const odd = { app, parents, children };

/** By hand, since drizzle-kit doesn't escape quotes in names. */
const oddTables = `CREATE SCHEMA "app ""quoted""";
CREATE TABLE "app ""quoted"""."Parent's ""table""" (
  a int, "The b" text, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(),
  created_by text, updated_by text, deleted boolean NOT NULL DEFAULT false, deleted_at timestamptz, PRIMARY KEY (a, "The b"));
CREATE TABLE "app ""quoted""".a_child_with_a_name_that_is_as_long_as_a_name_can_be_in_postgres (
  id serial PRIMARY KEY, a int, b text, deleted_at timestamptz,
  CONSTRAINT to_parent FOREIGN KEY (a, b) REFERENCES "app ""quoted"""."Parent's ""table""" ON DELETE CASCADE)`;

const roles = roleObjects()
  .map((it) => it.up)
  .join(';\n');

for (const engine of engines()) {
  describe.skipIf(engine.unavailable !== undefined)(`objects on ${engine.name} ${engine.unavailable ?? ''}`, () => {
    test('may be applied again and removed without trace, whatever the names', async () => {
      await using it = await databaseWith(engine, odd, oddTables);
      await it.driver.script(it.objects.map((object) => object.up).join(';\n'));
      const table = `"app ""quoted"""."Parent's ""table"""`;
      await it.driver.script(`insert into ${table} (a, "The b") values (1, 'x')`);
      const child = `"app ""quoted""".a_child_with_a_name_that_is_as_long_as_a_name_can_be_in_postgres`;
      await it.driver.script(`insert into ${child} (a, b) values (1, 'x'); delete from ${table}`);
      expect(await lines(it.driver, `select count(*) from ${child} where deleted_at is not null`)).toEqual(['1']);
      expect(await lines(it.driver, 'select operation from hutch.audit_log order by id')).toEqual(['INSERT', 'UPDATE']);
      await it.driver.script('truncate hutch.audit_log');
      await it.driver.script(
        it.objects
          .toReversed()
          .map((object) => object.down)
          .join(';\n'),
      );
      expect(await lines(it.driver, `select nspname from pg_namespace where nspname = 'hutch'`)).toEqual([]);
      expect(await lines(it.driver, 'select tgname from pg_trigger where not tgisinternal')).toEqual([]);
    });

    test('step aside for migrations that change or drop their columns, and only those that stand in the way', async () => {
      const kept = { ...softDelete({ flag: true }), ...timestamps() };
      const homes = audited(snakeCase.table('homes', { id: integer().primaryKey(), ...kept }));
      const guests = snakeCase.table('guests', {
        id: integer().primaryKey(),
        homeId: integer().references(() => homes.id, { onDelete: 'cascade' }),
        ...softDelete(),
      });
      await using driver = await freshDatabase(engine);
      await using folder = await ProjectFolder.create();
      const first = { one: await generated({ homes, guests }) };
      await up(driver, await folder.migrations(first));
      await applyObjects(driver, objectsOf({ homes, guests }));
      await driver.script(
        'insert into homes (id) values (1), (2); insert into guests (id, home_id) values (1, 1), (2, 2)',
      );
      const [since] = await lines(driver, 'select since from hutch.audit_tables');

      // A migrator that knows nothing of objects says which trigger it is.
      const other = driver.script('alter table guests alter home_id type bigint');
      expect(await rejection(other)).toMatchObject({
        fields: { detail: expect.stringContaining('trigger hutch_living_parent') },
      });
      const wider = `delete from homes where id = 1;
        alter table homes alter id type bigint; alter table guests alter home_id type bigint`;
      const notices: string[] = [];
      const onEvent = (event: MigrateEvent) => void (event.type === 'notice' && notices.push(event.message));
      const second = await up(driver, await folder.migrations({ ...first, two: wider }), { onEvent });
      expect(second.failure).toBeUndefined();
      expect(notices).toEqual([expect.stringMatching(/put aside: guests.living_parent$/)]);
      await applyObjects(driver, objectsOf({ homes, guests }));
      // What the migration itself deleted was deleted softly, and recorded.
      expect(await lines(driver, 'select id from homes where deleted')).toEqual(['1']);
      expect(await lines(driver, 'select id from guests where deleted_at is not null')).toEqual(['1']);
      expect(await lines(driver, `select operation from hutch.audit_log order by id`)).toEqual([
        'INSERT',
        'INSERT',
        'UPDATE',
      ]);
      expect(await lines(driver, 'select since from hutch.audit_tables')).toEqual([since ?? '']);
      expect(await failure(driver, 'insert into guests (id, home_id) values (3, 1)')).toBe('23503');

      const without =
        'alter table homes drop deleted, drop updated_at, drop deleted_at; alter table guests drop deleted_at';
      expect(
        (await up(driver, await folder.migrations({ ...first, two: wider, three: without }))).failure,
      ).toBeUndefined();
      await applyObjects(driver, []);
      expect(await lines(driver, `select tgname from pg_trigger where not tgisinternal`)).toEqual([]);
    });

    test('come in an order in which each follows what it depends on', () => {
      const names: string[] = [];
      for (const object of objectsOf(odd)) {
        expect(names).toEqual(expect.arrayContaining([...(object.dependsOn ?? [])]));
        names.push(object.name);
      }
      expect(new Set(names).size).toBe(names.length);
    });

    test('a schema without marks needs none', () => {
      expect(objectsOf({ notes: snakeCase.table('notes', { id: integer().primaryKey() }), other: 1 })).toEqual([]);
    });

    test('grants follow from policies', async () => {
      const notes = snakeCase.table('notes', { id: serial().primaryKey(), owner: text() }, () => [
        pgPolicy('reads', { for: 'select', to: [anonRole, authenticatedRole], using: sql`true` }),
        pgPolicy('adds', { for: 'insert', to: authenticatedRole, withCheck: sql`owner = 'me'` }),
      ]);
      await using driver = (await databaseWith(engine, {})).driver;
      await driver.script(roles);
      await driver.script(
        'create table notes (id serial primary key, owner text); alter table notes enable row level security',
      );
      await driver.script(`create policy reads on notes for select to anon, authenticated using (true);
        create policy adds on notes for insert to authenticated with check (owner = 'me')`);
      for (const object of objectsOf({ notes })) await driver.script(object.up);
      const as = (role: string, text: string) =>
        failure(driver, `begin; set local role ${role}; ${text}; commit`).finally(() => driver.script('rollback'));
      expect(await as('anon', 'select * from notes')).toBeUndefined();
      expect(await as('anon', `insert into notes (owner) values ('me')`)).toBe('42501');
      expect(await as('authenticated', `insert into notes (owner) values ('me')`)).toBeUndefined();
      expect(await as('authenticated', `insert into notes (owner) values ('you')`)).toBe('42501');
      expect(await as('authenticated', 'delete from notes')).toBe('42501');
    });
  });
}
