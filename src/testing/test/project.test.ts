/** A project's own test file, run as its owner would run it: embedded, and on a server. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openPostgres } from '../../db/index.ts';
import { engines, postgresUrl } from '../../db/test/engines.ts';

const repository = join(import.meta.dir, '..', '..', '..');
const testing = JSON.stringify(join(repository, 'src', 'testing', 'index.ts'));
const helpers = JSON.stringify(join(repository, 'src', 'index.ts'));

const FILES = {
  'drizzle.config.ts': `export default { dialect: 'postgresql', schema: './schema.ts', out: './drizzle' };\n`,
  'schema.ts': `import { integer, snakeCase, text } from 'drizzle-orm/pg-core';
import { audited, softDelete } from ${helpers};
export const notes = audited(snakeCase.table('notes', { id: integer().primaryKey(), bodyText: text().notNull(), ...softDelete() }));
`,
  'drizzle/20260101000000_notes/migration.sql': `CREATE TABLE "notes" ("id" integer PRIMARY KEY, "body_text" text NOT NULL, "deleted_at" timestamp with time zone);\n`,
  'notes.test.ts': `import { describe, expect, test } from 'bun:test';
import { history } from ${helpers};
import { testDatabase } from ${testing};
import { notes } from './schema.ts';
for (const commits of [false, true]) {
  describe(commits ? 'committed' : 'rolled back', () => {
    const { db, driver } = testDatabase({ commits });
    for (const round of [1, 2]) {
      test('engine ' + round, async () => {
        expect(await db.$count(notes)).toBe(0);
        await db.transaction((tx) => tx.insert(notes).values({ id: 1, bodyText: 'one' }));
        await db.delete(notes);
        expect((await db.select().from(notes))[0]?.deletedAt).toBeInstanceOf(Date);
        expect(await history(db, notes, 1)).toHaveLength(2);
        expect(driver.engine).toBe(process.env.EXPECTED);
      });
    }
  });
}
`,
};

const server = engines().find(({ name }) => name === 'postgres');

describe('a project’s tests', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hutch-testing-'));
  beforeAll(() => {
    for (const [name, text] of Object.entries(FILES)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = async (env: Readonly<Record<string, string>>) => {
    const { TEST_DATABASE_URL: _, HUTCH_TEST_ENGINE: __, ...inherited } = process.env;
    const child = Bun.spawn([process.execPath, 'test', '--timeout', '60000'], {
      cwd: folder,
      env: { ...inherited, ...env },
      stdout: 'pipe',
      stderr: 'pipe',
    });
    const [out, err, status] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    return { said: out + err, status, pid: child.pid };
  };

  test('run embedded', async () => {
    const { said, status } = await run({ EXPECTED: 'pglite' });
    expect([status, said]).toEqual([0, expect.stringContaining('4 pass')]);
  }, 60_000);

  test.skipIf(server?.unavailable !== undefined)(
    'run on a server with its migrations and triggers, and leave nothing there',
    async () => {
      const url = await postgresUrl();
      const { said, status, pid } = await run({ EXPECTED: 'postgres', TEST_DATABASE_URL: url });
      expect([status, said]).toEqual([0, expect.stringContaining('4 pass')]);
      const driver = await openPostgres({ url, poolSize: 1 });
      const left = `SELECT count(*) FROM pg_database WHERE datname LIKE 'hutch_test_${pid}_%'`;
      expect((await driver.query({ text: left })).rows).toEqual([['0']]);
      await driver.close();
      const embedded = await run({ EXPECTED: 'pglite', TEST_DATABASE_URL: url, HUTCH_TEST_ENGINE: 'pglite' });
      expect([embedded.status, embedded.said]).toEqual([0, expect.stringContaining('4 pass')]);
    },
    60_000,
  );

  test('are told of an engine that is none, and of a server without an address', async () => {
    const misspelt = await run({ HUTCH_TEST_ENGINE: 'postgre' });
    expect([misspelt.status, misspelt.said]).toEqual([1, expect.stringContaining("'postgre'")]);
    const nowhere = await run({ HUTCH_TEST_ENGINE: 'postgres' });
    expect([nowhere.status, nowhere.said]).toEqual([1, expect.stringContaining('TEST_DATABASE_URL')]);
  }, 60_000);
});
