import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Driver, openPglite } from '../../../db/index.ts';
import { isHutchError } from '../../../errors/index.ts';
import { loadProject, readObjects } from '../../../migrate/index.ts';
import { IMPORTS, ProjectFolder } from '../../../migrate/test/project-folder.ts';
import type { Terminal } from '../../terminal.ts';
import type { Outcome } from '../command.ts';
import { migrateCommands } from '../commands.ts';

const notes: string[] = [];
const terminal: Terminal = {
  interactive: false,
  print: () => {},
  note: (text) => void notes.push(text),
  style: (_, text) => text,
};

describe('hutch migrate, as a person without a terminal uses it', () => {
  let folder: ProjectFolder;
  let driver: Driver;
  beforeAll(async () => {
    folder = await ProjectFolder.create({
      'schema.ts': `${IMPORTS}export const users = pgTable('users', { id: integer().primaryKey(), name: text() });`,
      'drizzle/objects/ids.sql': 'CREATE OR REPLACE VIEW ids AS SELECT id FROM users;',
      'drizzle/seed.sql': `INSERT INTO users VALUES (1, 'a');`,
    });
    driver = await openPglite();
  });
  afterAll(async () => {
    await driver.close();
    await folder[Symbol.asyncDispose]();
  });

  async function hutch(
    name: string,
    options: Readonly<Record<string, unknown>> = {},
    ...args: readonly string[]
  ): Promise<Outcome> {
    const command = migrateCommands.find((it) => it.name === name);
    if (!command) throw new Error(`no command ${name}`);
    const project = await loadProject(folder.root);
    const context = {
      project,
      driver: async () => driver,
      objects: () => readObjects(project),
      terminal,
      production: false,
      isHere: async () => true,
      databaseUrl: undefined,
    };
    return command.run(context, { options, args });
  }

  const cases: readonly {
    readonly name: string;
    readonly run: () => Promise<Outcome>;
    readonly exitCode: 0 | 1;
    readonly says: RegExp;
  }[] = [
    {
      name: 'check before there is a migration',
      run: () => hutch('check'),
      exitCode: 1,
      says: /create table users.*Run hutch migrate generate/,
    },
    {
      name: 'generate',
      run: () => hutch('generate', {}, 'users'),
      exitCode: 0,
      says: /wrote .*_users\/migration.sql[\s\S]*up, down and up again/,
    },
    { name: 'check', run: () => hutch('check'), exitCode: 0, says: /Schema and migrations agree/ },
    {
      name: 'status --check',
      run: () => hutch('status', { check: true }),
      exitCode: 1,
      says: /· \d+_users pending\n1 migration, 1 pending/,
    },
    {
      name: 'up --dry-run',
      run: () => hutch('up', { dryRun: true }),
      exitCode: 0,
      says: /CREATE TABLE "users"[\s\S]*adds table "public"."users"/,
    },
    {
      name: 'init',
      run: () => hutch('init'),
      exitCode: 0,
      says: /Applied 1 migration in .*\nApplied 1 object: ids.\nRan drizzle\/seed.sql/,
    },
    { name: 'up again', run: () => hutch('up'), exitCode: 0, says: /^Nothing was pending.$/ },
    { name: 'seed again', run: () => hutch('seed'), exitCode: 0, says: /has run already/ },
    {
      name: 'status',
      run: () => hutch('status', { drift: true, check: true }),
      exitCode: 0,
      says: /✓ \d+_users applied[\s\S]*no drift/,
    },
    { name: 'validate', run: () => hutch('validate'), exitCode: 0, says: /Files and ledger agree/ },
    {
      name: 'reset',
      run: () => hutch('reset'),
      exitCode: 0,
      says: /Emptied[\s\S]*Applied 1 migration[\s\S]*Ran drizzle\/seed.sql/,
    },
  ];
  for (const { name, run, exitCode, says } of cases) {
    test(name, async () => {
      const outcome = await run();
      expect(outcome.text).toMatch(says);
      expect(outcome.exitCode).toBe(exitCode);
      expect(() => JSON.stringify(outcome.json)).not.toThrow();
    });
  }

  test('a failure is told with its place, what stays and what does not', async () => {
    await folder.write({ 'drizzle/29990101000000_bad/migration.sql': 'SELECT 1;\nSELECT nonsense;' });
    const outcome = await hutch('up');
    expect(outcome).toMatchObject({
      exitCode: 1,
      text: expect.stringMatching(
        /failed .*_bad\/migration.sql:2:8[\s\S]*42703[\s\S]*Nothing of this migration was kept/,
      ),
    });
  });

  test('a count that is none', async () => {
    const error = await hutch('up', { steps: 'two' }).catch((it: unknown) => it);
    expect(isHutchError(error) && error.details).toBe("--steps takes a whole number, not 'two'.");
  });
});
