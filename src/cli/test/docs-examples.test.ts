/** The examples of the pages on servers, on the port and on migrations, as a project has them. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { files, TestProject } from './project.ts';

const blocksOf = (page: string, language: string): readonly string[] => {
  const text = readFileSync(join(import.meta.dir, '..', '..', '..', 'docs', page), 'utf8');
  return [...text.matchAll(/```(\w*)\n([\s\S]*?)```/g)].flatMap(([, it, block = '']) =>
    it === language ? [block] : [],
  );
};

describe('docs/scaling.md', () => {
  const routes = `import { Hono } from 'hono';
import type { ProjectEnv } from 'hutch';
import { products, sales } from './schema';
const app = new Hono<ProjectEnv>();
${blocksOf('scaling.md', 'ts').join('\n')}
export default app;
`;
  const schema = `import { date, integer, snakeCase, text } from 'drizzle-orm/pg-core';
export const products = snakeCase.table('products', { id: integer().primaryKey().generatedByDefaultAsIdentity(), name: text().notNull() });
export const sales = snakeCase.table('sales', { id: integer().primaryKey().generatedByDefaultAsIdentity(), day: date().notNull() });
`;
  const tsconfig = {
    compilerOptions: { strict: true, noEmit: true, skipLibCheck: true, module: 'preserve', target: 'esnext' },
  };
  let project: TestProject;
  beforeAll(() => {
    project = new TestProject({
      'src/schema.ts': schema,
      'src/routes.ts': routes,
      'tsconfig.json': JSON.stringify({ ...tsconfig, include: ['src'] }),
      'drizzle/20251231000000_roles/migration.sql': 'SELECT 1;\n',
      'drizzle/20260101000000_notes/migration.sql': 'SELECT 1;\n',
    });
  });
  afterAll(() => project[Symbol.asyncDispose]());

  test('its routes work', async () => {
    const { get } = await project.dev();
    const json = async (path: string, init?: RequestInit) => (await get(path, init)).json();
    const post = (name: string) => json('/products', { method: 'POST', body: JSON.stringify({ name }) });
    expect(await json('/products')).toEqual([]);
    expect(await post('one')).toEqual([{ id: 1, name: 'one' }]);
    await post('two');
    expect(await json('/products')).toHaveLength(2);
    expect(await json('/products/2/1')).toMatchObject([{ name: 'two' }, { name: 'one' }]);
    expect(await json('/reports')).toEqual([]);
  });

  test('and are typed', () => {
    const types = Bun.spawnSync([process.execPath, 'x', 'tsc', '--noEmit'], { cwd: project.root });
    expect(types.stdout.toString()).not.toMatch(/^src\//m);
  });
});

describe('docs/postgres-port.md', () => {
  const commands = blocksOf('postgres-port.md', '').flatMap((block) => block.trim().split('\n'));
  let project: TestProject;
  let url: string;
  beforeAll(async () => {
    project = new TestProject();
    url = String((await project.dev()).banner.postgres);
  });
  afterAll(() => project[Symbol.asyncDispose]());

  for (const command of commands) {
    const [program = ''] = command.split(' ');
    test.skipIf(Bun.which(program) === null)(command, async () => {
      const words = command.replace(/postgres:\S+/, url).split(' ');
      const run = Bun.spawn(words, { cwd: project.root, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' });
      expect([await run.exited, await run.stderr.text()]).toEqual([0, '']);
    });
  }
});

describe('docs/migrations.md', () => {
  const page = readFileSync(join(import.meta.dir, '..', '..', '..', 'docs', 'migrations.md'), 'utf8');

  test('its story, from top to bottom', async () => {
    await using project = new TestProject(
      {
        'drizzle.config.ts': files['drizzle.config.ts'],
        'drizzle/seed.sql': `insert into notes (content) values ('one');`,
      },
      { bare: true, installed: true },
    );
    let isServed = false;
    for (const [, language, text = ''] of page.matchAll(/```(\w+)\n([\s\S]*?)```/g)) {
      if (language === 'ts') project.write('src/schema.ts', text);
      else for (const line of text.trim().split('\n')) await run(project, line);
      // Commands are quicker where the engine runs already; that it follows no saved files keeps the story to its order.
      if (!isServed) await project.dev(['--no-reload', '--no-seed']);
      isServed = true;
    }
    expect(await Bun.file(join(project.root, 'all.sql')).text()).toContain(`'one'`);
    expect(await Bun.file(join(project.root, 'src/database.ts')).text()).toContain('content: string');
  }, 120_000);

  async function run(project: TestProject, line: string): Promise<void> {
    const command = line.replace(/ +#.*/, '').replace('bunx hutch ', '');
    if (command.startsWith('db psql') && Bun.which('psql') === null) return;
    const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
    const { code, out, err } = await project.run(words);
    expect({ command, code, told: code === 0 ? '' : out + err }).toEqual({ command, code: 0, told: '' });
  }
});
