/** Every example of docs/helpers.md and of the public docstrings is type-checked, and run on both engines. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as orm from 'drizzle-orm';
import * as core from 'drizzle-orm/pg-core';
import * as supabase from 'drizzle-orm/supabase';
import * as hono from 'hono';
import * as hutch from 'hutch';
import { databaseWith } from '../../src/data/test/schema-database.ts';
import { drizzleOver } from '../../src/db/drizzle/drizzle.ts';
import { engines } from '../../src/db/test/engines.ts';
import { openWorld } from '../../src/testing/index.ts';
import { type Example, examplesOfPage, examplesOfSource, imports, type Modules, runnable } from './examples.ts';
import type { Scope } from './scope.ts';

const root = join(import.meta.dir, '../..');
const folder = mkdtempSync(join(tmpdir(), 'hutch-docs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const page = examplesOfPage(join(root, 'docs/helpers.md'));
const docstrings = [
  ...examplesOfSource(root, 'src/data'),
  ...examplesOfSource(root, 'src/testing'),
  ...examplesOfSource(root, 'src/server'),
];

/** Listens, or holds a session: not for a world that is one transaction. */
const COMMITTED = /\b(OutboxWorker|notifyBus|withSessionLock|spreadReads)\b/;

const kindOf = ({ kind, code }: Example): string =>
  kind || (/\btest\(/.test(code) ? 'test' : COMMITTED.test(code) ? 'committed' : '');

const packages: Modules = [
  ['hutch', [...Object.keys(hutch), 'type OutboxEvent', 'type Page']],
  ['drizzle-orm', Object.keys(orm)],
  ['drizzle-orm/pg-core', Object.keys(core)],
  ['drizzle-orm/supabase', Object.keys(supabase)],
  ['hono', Object.keys(hono)],
];
const testing: Modules = [
  ['bun:test', ['test', 'expect']],
  ['hutch/testing', ['testApp', 'testDatabase']],
];

interface Book {
  readonly name: string;
  readonly examples: readonly Example[];
  /** The schema's source, and a row or two. */
  readonly schema: () => string;
  readonly rows: string;
}

const books: readonly Book[] = [
  {
    name: 'helpers',
    examples: page.filter(({ kind }) => kind !== 'schema'),
    schema: () => page.find(({ kind }) => kind === 'schema')?.code ?? '',
    rows: `insert into users (id, email, name, preferences) values ('usr_ada', 'ada@example.com', 'Ada', '{"theme": "dark"}');
      insert into posts (author_id, title) values ('usr_ada', 'One'), ('usr_ada', 'Two'), ('usr_ada', 'Three');
      refresh materialized view posts_of_authors`,
  },
  {
    name: 'docstrings',
    examples: docstrings,
    schema: () => `export * from '${join(root, 'scripts/test/docstring-schema.ts')}';`,
    rows: `do $$ begin create role authenticated; exception when duplicate_object then null; end $$; grant select on notes to authenticated;
      insert into users (email) values ('grace@example.com'); insert into products (price) values (1), (2);
      insert into accounts (balance) values (50), (0); insert into posts (author_id) values (7);
      insert into tickets (id, organization_id, status) values (42, 'org_1', 'OPEN'); update hutch.audit_tables set since = since - interval '2 days'`,
  },
];

function layOut(): void {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const options = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      noUncheckedIndexedAccess: false, // an example takes the row it has just written
      paths: { hutch: [join(root, 'src/index.ts')], 'hutch/testing': [join(root, 'src/testing.ts')] },
    },
    include: ['.'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options));
  cpSync(join(import.meta.dir, 'scope.ts'), join(folder, 'scope.ts'));
}

async function write({ name, examples, schema }: Book): Promise<Record<string, unknown>> {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'schema.ts'), schema());
  const exported: Record<string, unknown> = await import(join(folder, name, 'schema.ts'));
  const modules: Modules = [['./schema.ts', [...Object.keys(exported), 'type Profile']], ...packages];
  for (const [index, example] of examples.entries()) {
    const isTest = kindOf(example) === 'test';
    const text = isTest
      ? [...imports(example.code, '', [...testing, ...modules]), example.code].join('\n')
      : runnable(example, modules);
    writeFileSync(fileOf(name, index, isTest), text);
  }
  return exported;
}

const fileOf = (book: string, index: number, isTest: boolean): string =>
  join(folder, book, isTest ? `${index}.test.ts` : `${index}.ts`);

const schemas = new Map<Book, Record<string, unknown>>();
beforeAll(async () => {
  layOut();
  for (const book of books) schemas.set(book, await write(book));
}, 60_000);

/** Exported for those who put Hutch's parts together themselves; their docstrings will do. */
const PARTS = new Set([
  'deferredDatabase',
  'deletableOf',
  'isKept',
  'makeRoles',
  'normalise',
  'roleObjects',
  'JsonPath',
]);

test('every helper that is exported is on the page', () => {
  const text = readFileSync(join(root, 'docs/helpers.md'), 'utf8');
  const helpers = Object.keys(hutch).filter((name) => !PARTS.has(name) && !/^[A-Z_]+$/.test(name));
  expect(helpers.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
});

test('every promise on the page is expected', () => {
  const count = (text: string, part: string) => text.split(part).length - 1;
  for (const example of page) expect(count(runnable(example, []), 'promised(')).toBe(count(example.code, '// →'));
});

test('every example is typed', () => {
  const tsc = Bun.spawnSync([join(root, 'node_modules/.bin/tsc'), '--noEmit', '-p', folder]);
  const errors = tsc.stdout.toString().split('\n');
  expect(errors.filter((line) => /^(?:\S*\/)?(helpers|docstrings)\//.test(line))).toEqual([]);
}, 120_000);

for (const engine of engines()) {
  for (const book of books) {
    const why = engine.unavailable === undefined ? '' : ` (skipped: ${engine.unavailable})`;
    describe.skipIf(engine.unavailable !== undefined)(`${book.name} on ${engine.name}${why}`, () => {
      let database: Awaited<ReturnType<typeof databaseWith>>;
      beforeAll(async () => {
        database = await databaseWith(engine, schemas.get(book) ?? {});
        await database.driver.script(book.rows);
      }, 60_000);
      afterAll(() => database.driver.close());

      // Those that write for good come last.
      const inOrder = [...book.examples.entries()].toSorted(([, a], [, b]) => kindOf(a).length - kindOf(b).length);
      for (const [index, example] of inOrder) {
        if (kindOf(example) === 'test') continue;
        test(example.name, async () => {
          const module: { default(scope: Scope): Promise<void> } = await import(fileOf(book.name, index, false));
          await (kindOf(example) === 'committed' ? directly : inWorld)(database.driver, module.default);
        });
      }
    });
  }
}

async function inWorld(driver: hutch.Driver, run: (scope: Scope) => Promise<void>): Promise<void> {
  const world = await openWorld(driver);
  try {
    await run({ driver: world.driver, db: drizzleOver(world.driver) });
  } finally {
    await world.undo();
  }
}

/** What the example would do at the end of its process is done at its own. */
async function directly(driver: hutch.Driver, run: (scope: Scope) => Promise<void>): Promise<void> {
  const before = process.listeners('SIGTERM');
  await run({ driver, db: drizzleOver(driver) });
  for (const stop of process.listeners('SIGTERM').filter((it) => !before.includes(it))) {
    process.off('SIGTERM', stop);
    await stop('SIGTERM');
  }
}

for (const book of books) {
  for (const [index, example] of book.examples.entries()) {
    if (kindOf(example) !== 'test') continue;
    test(`${book.name}: ${example.name}`, () => {
      const command = [process.execPath, 'test', '--timeout', '60000', fileOf(book.name, index, true)];
      const run = Bun.spawnSync(command, { cwd: folder });
      expect(run.stderr.toString()).toContain(' 0 fail');
    }, 120_000);
  }
}
