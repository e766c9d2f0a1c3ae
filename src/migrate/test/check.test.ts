import { describe, expect, test } from 'bun:test';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { check } from '../compare/check.ts';
import { generate, upgrade } from '../write/generate.ts';
import { IMPORTS, ProjectFolder } from './project-folder.ts';
import { rejection } from './rejection.ts';

const table = (name: string, columns: string) =>
  `export const ${name} = pgTable('${name}', { id: integer().primaryKey(), ${columns} });\n`;

describe('check, for pull requests', () => {
  test('two branches that change the same column conflict', async () => {
    await using folder = await ProjectFolder.create({ 'schema.ts': IMPORTS + table('a', 'x: text()') });
    await generate(await folder.project(), { name: 'base' });
    await using branch = await ProjectFolder.create({ 'schema.ts': IMPORTS + table('a', 'x: integer()') });
    await cp(join(folder.root, 'drizzle'), join(branch.root, 'drizzle'), { recursive: true });
    await folder.write({ 'schema.ts': IMPORTS + table('a', '') });
    await generate(await folder.project(), { name: 'drops' });
    await generate(await branch.project(), { name: 'changes' });
    await cp(join(branch.root, 'drizzle'), join(folder.root, 'drizzle'), { recursive: true });
    const problems = await check(await folder.project());
    expect(problems.map((it) => it.code)).toContain('conflict');
  });

  test('conflict markers in a file', async () => {
    await using folder = await ProjectFolder.create();
    await folder.migrations({ one: '<<<<<<< HEAD\nSELECT 1;\n=======\nSELECT 2;\n>>>>>>> other' });
    expect((await check(await folder.project())).map((it) => it.code)).toContain('broken_files');
  });
});

describe('the layout before 1.0', () => {
  const entry = (idx: number, tag: string) => ({
    idx,
    version: '7',
    when: Date.UTC(2025, 0, 1 + idx),
    tag,
    breakpoints: true,
  });
  const snapshot = (id: string, prevId: string) =>
    JSON.stringify({
      id,
      prevId,
      version: '7',
      dialect: 'postgresql',
      tables: {},
      enums: {},
      schemas: {},
      sequences: {},
      roles: {},
      policies: {},
      views: {},
      _meta: { columns: {}, schemas: {}, tables: {} },
    });
  const journal = (...tags: readonly string[]) =>
    JSON.stringify({ version: '7', dialect: 'postgresql', entries: tags.map((tag, idx) => entry(idx, tag)) });
  const ROOT = '00000000-0000-0000-0000-000000000000';
  const FIRST = '11111111-1111-4111-8111-111111111111';

  test('is checked as it is, two heads found', async () => {
    await using folder = await ProjectFolder.create({
      'drizzle/meta/_journal.json': journal('0000_a', '0001_b', '0001_c'),
      'drizzle/0000_a.sql': 'SELECT 1;',
      'drizzle/0001_b.sql': 'SELECT 1;',
      'drizzle/0001_c.sql': 'SELECT 1;',
      'drizzle/meta/0000_snapshot.json': snapshot(FIRST, ROOT),
      'drizzle/meta/0001_snapshot.json': snapshot('22222222-2222-4222-8222-222222222222', FIRST),
    });
    expect((await check(await folder.project())).map((it) => it.code)).toContain('two_heads');
  });

  test('is moved to folders on request, with the names that the ledger has already', async () => {
    await using folder = await ProjectFolder.create({
      'drizzle/meta/_journal.json': journal('0000_a'),
      'drizzle/0000_a.sql': 'SELECT 1;',
      'drizzle/meta/0000_snapshot.json': snapshot(FIRST, ROOT),
    });
    const project = await folder.project();
    const before = await folder.read();
    expect(await rejection(generate(project))).toMatchObject({
      hint: expect.stringContaining('hutch migrate upgrade'),
    });
    await upgrade(project);
    expect((await folder.read()).map((it) => it.name)).toEqual(before.map((it) => it.name));
  });
});
