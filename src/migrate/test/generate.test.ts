import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { writeFile } from 'node:fs/promises';
import { type Driver, openPglite } from '../../db/index.ts';
import { up } from '../apply/up.ts';
import { check } from '../compare/check.ts';
import { deriveDowns, generate } from '../write/generate.ts';
import { squash } from '../write/squash.ts';
import { IMPORTS, ProjectFolder } from './project-folder.ts';
import { rejection } from './rejection.ts';

const FIRST = `${IMPORTS}export const users = pgTable('users', { id: integer().primaryKey(), name: text().notNull() });`;
const RENAMED = `${IMPORTS}export const users = pgTable('people', { id: integer().primaryKey(), fullName: text('full_name').notNull() });`;

describe('generate', () => {
  let folder: ProjectFolder;
  beforeAll(async () => {
    folder = await ProjectFolder.create({ 'schema.ts': FIRST });
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  test('writes up and down, which were tried', async () => {
    const { migration, down } = await generate(await folder.project(), { name: 'first' });
    expect(migration?.sql).toContain('CREATE TABLE "users"');
    expect(down).toEqual({ quality: 'exact', irreversible: [], reason: undefined });
    expect((await folder.read())[0]?.down).toContain('DROP TABLE "public"."users";');
    expect(await check(await folder.project())).toEqual([]);
  });

  test('nothing to do', async () => {
    expect((await generate(await folder.project())).migration).toBeUndefined();
  });

  test('renames are asked for, and taken as flags', async () => {
    await folder.write({ 'schema.ts': RENAMED });
    const project = await folder.project();
    expect((await check(project)).map((it) => it.code)).toEqual(['schema_differs']);
    expect(await rejection(generate(project))).toMatchObject({
      details: expect.stringContaining('--rename users=people'),
    });
    const { migration, down, warnings } = await generate(project, {
      name: 'rename',
      renames: ['users=people', 'people.name=people.full_name'],
    });
    expect(migration?.sql).not.toMatch(/DROP|CREATE/);
    expect(warnings.map((it) => it.rule)).toContain('rename-breaks-code');
    expect(down?.quality).toBe('exact');
    expect((await folder.read())[1]?.down).toContain('RENAME COLUMN "full_name" TO "name"');
  });

  test('what can not come back is marked', async () => {
    await folder.write({
      'schema.ts': `${IMPORTS}export const users = pgTable('people', { id: integer().primaryKey() });`,
    });
    const { migration, down } = await generate(await folder.project(), { name: 'drop' });
    expect(down?.irreversible).toEqual(['the values of "public"."people"."full_name" were dropped']);
    expect((await folder.read()).at(-1)?.down).toContain(
      '-- irreversible: the values of "public"."people"."full_name" were dropped',
    );
    expect(migration?.label).toEndWith('_drop');
  });

  test('a column changes its type under views: they are taken down, and put up as they were', async () => {
    const schema = (type: string) => `${IMPORTS}
      export const sales = pgTable('sales', { id: integer().primaryKey(), amount: ${type}().notNull() });
      export const large = pgMaterializedView('large').as((qb) => qb.select().from(sales));
      export const larger = pgView('larger').as((qb) => qb.select().from(large));`;
    await using own = await ProjectFolder.create({ 'schema.ts': schema('integer') });
    await generate(await own.project(), { name: 'first' });
    await own.write({ 'schema.ts': schema('numeric') });
    const { migration, down } = await generate(await own.project(), { name: 'numeric' });
    expect(down?.quality).toBe('exact');
    expect(migration?.sql).toMatch(
      /^-- Whose [\s\S]*DROP VIEW [\s\S]*DROP MATERIALIZED VIEW [\s\S]*SET DATA TYPE numeric[\s\S]*CREATE MATERIALIZED VIEW [\s\S]*CREATE VIEW /,
    );
  });

  test('SQL by hand, with the way down derived from what it does', async () => {
    const project = await folder.project();
    const { migration } = await generate(project, { name: 'by_hand', custom: true });
    expect(migration?.down).toContain('-- no way down');
    await writeFile(
      migration?.path ?? '',
      `CREATE FUNCTION hello() RETURNS text LANGUAGE sql AS $$ select 'hello;' $$;`,
    );
    const [derived] = await deriveDowns(project);
    expect(derived?.report.quality).toBe('exact');
    expect((await folder.read()).at(-1)?.down).toContain('DROP FUNCTION "public"."hello"()');
    expect((await check(project)).filter((it) => it.severity === 'error')).toEqual([]);
  });

  test('a squashed history: databases that had it take the baseline for applied, empty ones run it', async () => {
    const project = await folder.project();
    const old = await openPglite();
    const fresh = await openPglite();
    try {
      await up(old, await folder.read());
      const { replaces, migration } = await squash(project);
      expect(replaces).toHaveLength(4);
      const migrations = await folder.read();
      expect(migrations.map((it) => it.name)).toEqual([migration.name]);
      expect(await up(old, migrations)).toMatchObject({ applied: [migration.name], failure: undefined, notices: [] });
      expect((await up(fresh, migrations)).failure).toBeUndefined();
      expect(await hello(fresh)).toBe('hello;');
      expect((await generate(project)).migration).toBeUndefined();
    } finally {
      await old.close();
      await fresh.close();
    }
  });

  const broken = [
    { name: 'a syntax error', schema: 'export const = ;', code: 'migrate_schema_failed' },
    { name: 'one that throws', schema: `throw new Error('no')`, code: 'migrate_schema_failed' },
    { name: 'one that ends the process', schema: 'process.exit(3)', code: 'migrate_generate_failed' },
  ];
  for (const { name, schema, code } of broken) {
    test(`a schema file with ${name} is an error, not the end`, async () => {
      await using other = await ProjectFolder.create({ 'schema.ts': schema });
      expect(await rejection(generate(await other.project()))).toMatchObject({ code });
    });
  }
});

const hello = async (driver: Driver) => (await driver.query({ text: 'select hello()', prepare: false })).rows[0]?.[0];
