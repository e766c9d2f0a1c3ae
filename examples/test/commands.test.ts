/** What the documents do on the command line, with the scripts of each example's package.json. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Copy } from './served.ts';

/** Milliseconds: each command is a process of its own. */
const PATIENCE = 90_000;

/** A copy for the `describe` it is called in, and its scripts: `run('db:init')` is `bun db:init`. */
function project(name: string) {
  const holder: { copy?: Copy } = {};
  const here = () => {
    if (!holder.copy) throw new Error('The copy is made before the first test');
    return holder.copy;
  };
  const pathOf = (file: string) => join(here().root, file);
  beforeAll(() => {
    holder.copy = Copy.of(name).linked();
  });
  afterAll(() => holder.copy?.[Symbol.asyncDispose]());
  return {
    here,
    pathOf,
    run(script: string, args: readonly string[] = [], env?: Readonly<Record<string, string>>) {
      const { scripts } = JSON.parse(readFileSync(pathOf('package.json'), 'utf8'));
      const [command, ...rest]: string[] = scripts[script].split(' ');
      if (command === 'hutch') return here().hutch([...rest, ...args], env);
      return here().run([process.execPath, ...rest, ...args], env);
    },
    edit(file: string, change: (text: string) => string) {
      writeFileSync(pathOf(file), change(readFileSync(pathOf(file), 'utf8')));
    },
  };
}

describe('assistant', () => {
  const { run, edit, here } = project('assistant');
  const json = async (...args: Parameters<typeof run>) => {
    const { out, err, code } = await run(args[0], [...(args[1] ?? []), '--json']);
    if (code !== 0) throw new Error(err + out);
    return JSON.parse(out);
  };

  test(
    'bun migrate applies what is pending, once',
    async () => {
      expect((await json('migrate')).applied).toHaveLength(2);
      expect((await json('migrate')).applied).toHaveLength(0);
    },
    PATIENCE,
  );

  test(
    'bun migrate:generate writes a migration and its way down; bun migrate applies it',
    async () => {
      edit('src/schema/users.ts', (text) => text.replace('name: text(),', 'name: text(),\n      nickname: text(),'));
      const { path, downPath, down } = await json('migrate:generate', ['nickname']);
      expect(readFileSync(path, 'utf8')).toContain('ADD COLUMN "nickname" text');
      expect(readFileSync(downPath, 'utf8')).toContain('DROP COLUMN "nickname"');
      expect(down.quality).toBe('exact');
      expect((await json('migrate')).applied).toEqual([expect.stringMatching(/_nickname$/)]);
    },
    PATIENCE,
  );

  test(
    'bun migrate:push changes the development database without a migration',
    async () => {
      edit('src/schema/users.ts', (text) => text.replace('name: text(),', 'name: text(),\n      pronouns: text(),'));
      expect((await json('migrate:push')).statements.join()).toContain('ADD COLUMN "pronouns"');
      expect((await json('migrate:push')).statements).toEqual([]);
    },
    PATIENCE,
  );

  test(
    'bun migrate:push refuses what loses data, until it is told to',
    async () => {
      expect((await here().hutch(['db', 'seed'])).code).toBe(0);
      edit('src/schema/users.ts', (text) => text.replace(/^ +name: text\(\),\n/m, ''));
      const refused = await run('migrate:push');
      expect(refused.code).not.toBe(0);
      expect(refused.err + refused.out).toContain('name');
    },
    PATIENCE,
  );
});

describe('organizations', () => {
  const { run, here, pathOf } = project('organizations');

  test(
    'bun db:init migrates and seeds, and is safe to run again',
    async () => {
      const first = await run('db:init');
      expect(first.code).toBe(0);
      expect(first.out).toContain('Ran src/seed.ts');
      const second = await run('db:init');
      expect([second.code, second.out.includes('has run already')]).toEqual([0, true]);
    },
    PATIENCE,
  );

  test(
    'Issue: "relation already exists" names the statement, the file and the place, and nothing half done stays',
    async () => {
      const folder = pathOf('drizzle/20990101000000_again');
      mkdirSync(folder);
      writeFileSync(
        join(folder, 'migration.sql'),
        'CREATE TABLE fresh (id int);\n--> statement-breakpoint\nCREATE TABLE users (id int);\n',
      );
      const failed = await run('db:migrate');
      expect(failed.code).toBe(1);
      expect(failed.err + failed.out).toMatch(/20990101000000_again.migration\.sql:3:\d+/);
      expect(failed.err + failed.out).toContain('relation "users" already exists');
      rmSync(folder, { recursive: true });
      expect((await run('db:migrate')).code).toBe(0);
      expect((await run('db:status')).code).toBe(0);
    },
    PATIENCE,
  );

  test(
    'Issue: type errors: types for clients come from the database',
    async () => {
      const { out, code } = await here().hutch(['gen', 'types']);
      expect([code, out.includes('organization_members')]).toEqual([0, true]);
    },
    PATIENCE,
  );
});

describe('organizations, without the migration of roles', () => {
  const { run, here, pathOf } = project('organizations');
  beforeAll(() => {
    const [roles = ''] = new Bun.Glob('drizzle/*_roles/migration.sql').scanSync({ cwd: here().root });
    rmSync(dirname(pathOf(roles)), { recursive: true });
  });

  test(
    'the embedded database has the roles that policies name, for commands and for tests as for hutch dev',
    async () => {
      expect(await run('db:init')).toMatchObject({ code: 0 });
      const tests = await here().run([process.execPath, 'test', '--timeout', '60000', 'test/queries.test.ts']);
      expect(tests.err).toContain(' 0 fail');
    },
    PATIENCE,
  );
});

describe('interventions', () => {
  const { run, edit, here } = project('interventions');

  test(
    'bun db:test-casing says whether code and database agree',
    async () => {
      const server = await here().dev();
      const env = { DATABASE_URL: server.banner.postgres };
      expect(await run('db:test-casing', [], env)).toMatchObject({ code: 0, out: expect.stringContaining('agree') });
      await using sql = new Bun.SQL(server.banner.postgres);
      await sql`alter table schools rename column district to "schoolDistrict"`;
      const found = await run('db:test-casing', [], env);
      expect(found).toMatchObject({
        code: 1,
        err: expect.stringContaining('schools: district ↔ nothing in the database'),
      });
      await server.stop();
    },
    PATIENCE,
  );

  test(
    'a casing in drizzle.config.ts, which drizzle-orm would ignore, is refused with what to write instead',
    async () => {
      edit('drizzle.config.ts', (text) =>
        text.replace("out: './drizzle',", "out: './drizzle',\n  casing: 'snake_case',"),
      );
      const { code, err } = await run('db:generate', ['x']);
      expect(code).not.toBe(0);
      expect(err).toContain('snakeCase.table');
    },
    PATIENCE,
  );
});
