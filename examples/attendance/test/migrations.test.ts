import { expect, test } from 'bun:test';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Copy } from './project.ts';

test('Migration Management: create, up, down, status, validate, dry run, reset', async () => {
  await using copy = await Copy.make();
  const state = async () => {
    const { entries, pending } = (await copy.run('migrate:status', '--json')).json();
    return { states: entries.map((it: { state: string }) => it.state), pending };
  };

  // Create new migration: the schema changes, and its way down is written and tried
  appendFileSync(
    join(copy.root, 'src/schema/people.ts'),
    `export const guardians = snakeCase.table('guardians', { id: uuid().primaryKey().defaultRandom(), phone: varchar({ length: 30 }) });\n`,
  );
  const { migration, down } = (await copy.run('migrate:create', 'add_guardians', '--json')).json();
  expect([migration, down.quality]).toEqual([expect.stringMatching(/_add_guardians$/), 'exact']);
  expect(copy.migrations()).toHaveLength(3);

  // Dry run mode: the exact SQL, and nothing is done
  const dry = await copy.run('migrate:up', '--dry-run');
  expect(dry.out).toContain('CREATE TABLE "guardians"');

  // Apply pending migrations
  expect((await copy.run('migrate:up', '--json')).json().applied).toHaveLength(3);

  // Rollback last migration; check migration status
  expect((await copy.run('migrate:down', '--json')).json().reverted).toEqual([migration]);
  expect(await state()).toEqual({ states: ['applied', 'applied', 'pending'], pending: 1 });
  await copy.run('migrate:up');

  // Validate migration integrity: an applied file that was edited is told; fix checksums
  expect((await copy.run('migrate:validate')).code).toBe(0);
  const file = join(copy.root, 'drizzle', migration, 'migration.sql');
  writeFileSync(file, `-- edited\n${await Bun.file(file).text()}`);
  const invalid = await copy.run('migrate:validate');
  expect([invalid.code, invalid.out]).toEqual([1, expect.stringContaining('add_guardians')]);
  await copy.run('migrate:repair', '--accept-edited');
  expect((await copy.run('migrate:validate')).code).toBe(0);

  // Reset database: empty, migrated and seeded
  const reset = await copy.run('migrate:reset', '--force', '--json');
  expect(reset.code).toBe(0);
  expect(reset.json()).toMatchObject({ applied: expect.any(Array), seed: { file: 'src/seed.ts', ran: true } });
}, 240_000);

test('Reset database (development only): elsewhere it asks for the database’s name', async () => {
  await using copy = await Copy.make();
  process.env.NODE_ENV = 'production';
  const refused = await copy.run('migrate:reset', '--force').finally(() => {
    process.env.NODE_ENV = 'test';
  });
  expect([refused.code, refused.out]).toEqual([1, expect.stringContaining('--force')]);
});
