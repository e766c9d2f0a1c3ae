import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { probeProject } from '../project/probe.ts';
import { loadProject } from '../project/project.ts';
import { loadSchema } from '../project/schema.ts';
import { ProjectFolder } from './project-folder.ts';
import { rejection } from './rejection.ts';

const config = (text: string) => ({ 'drizzle.config.ts': `export default ${text};\n` });

describe('a project is read from its drizzle.config', () => {
  test('schema globs, the folder of migrations, and the ledger', async () => {
    await using folder = await ProjectFolder.create({
      ...config(
        `{ dialect: 'postgresql', schema: './src/**/*.schema.ts', out: 'moves', migrations: { table: 'done', schema: 'ops' } }`,
      ),
      'src/a.schema.ts': 'export const a = 1;',
      'src/deep/b.schema.ts': 'export const b = 2;',
      'src/other.ts': 'throw new Error();',
    });
    const project = await folder.project();
    expect(project.schemaFiles).toEqual([
      join(folder.root, 'src/a.schema.ts'),
      join(folder.root, 'src/deep/b.schema.ts'),
    ]);
    expect(project.out).toBe(join(folder.root, 'moves'));
    expect(project.ledger).toEqual({ schema: 'ops', table: 'done' });
    expect(await loadSchema(project)).toEqual({ a: 1, b: 2 });
  });

  const refused: readonly { readonly name: string; readonly files: Record<string, string>; readonly error: object }[] =
    [
      { name: 'another dialect', files: config(`{ dialect: 'mysql' }`), error: { code: 'migrate_config_invalid' } },
      {
        name: 'a dialect that is nearly right',
        files: config(`{ dialect: 'postgres' }`),
        error: { details: expect.stringContaining('Did you mean postgresql?') },
      },
      { name: 'casing', files: config(`{ dialect: 'postgresql', casing: 'snake_case' }`), error: { field: 'casing' } },
      {
        name: 'a config that throws',
        files: { 'drizzle.config.ts': `throw new Error('oh');` },
        error: { details: expect.stringContaining('oh') },
      },
      {
        name: 'no schema file',
        files: config(`{ dialect: 'postgresql', schema: './nowhere/*.ts' }`),
        error: { code: 'migrate_schema_missing' },
      },
    ];
  for (const { name, files, error } of refused) {
    test(`refused: ${name}`, async () => {
      await using folder = await ProjectFolder.create(files);
      expect(await rejection(folder.project())).toMatchObject(error);
    });
  }

  test('no config at all', async () => {
    expect(await rejection(loadProject('/nonexistent'))).toMatchObject({ code: 'migrate_config_missing' });
  });
});

describe('a stranger’s project is probed in a process of its own', () => {
  test('fine', async () => {
    await using folder = await ProjectFolder.create({ 'schema.ts': 'export const users = 1;' });
    expect(await probeProject(folder.root)).toMatchObject({ ok: true, exports: ['users'] });
  });

  test('what is missing from the environment is said', async () => {
    await using folder = await ProjectFolder.create({
      'schema.ts': `if (!process.env.STRANGE_SECRET_URL) throw new Error('not configured');`,
    });
    expect(await probeProject(folder.root)).toMatchObject({
      ok: false,
      stage: 'schema',
      missing: [{ name: 'STRANGE_SECRET_URL', at: 'schema.ts:1' }],
    });
  });

  test('a schema that ends the process', async () => {
    await using folder = await ProjectFolder.create({ 'schema.ts': 'process.exit(7);' });
    expect(await probeProject(folder.root)).toMatchObject({ ok: false, message: 'It ended the process with code 7.' });
  });
});
