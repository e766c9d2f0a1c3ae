import { expect, test } from 'bun:test';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestProject } from './project.ts';

test('a new project is served, tested and typed as it lies', async () => {
  await using project = new TestProject();
  const made = await project.run(['init', 'my-app', '--json']);
  expect(made.code).toBe(0);
  expect(JSON.parse(made.out).written).toContain('src/schema.ts');
  const root = join(project.root, 'my-app');
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(Object.values(dependencies)).not.toContain('');

  const tests = Bun.spawnSync([process.execPath, 'test', '--timeout', '60000'], {
    cwd: root,
    env: withoutTestServer(),
  });
  expect(tests.stderr.toString()).toContain('1 pass');
  const types = Bun.spawnSync([process.execPath, 'x', 'tsc', '--noEmit'], {
    cwd: root,
  });
  expect(types.stdout.toString()).not.toMatch(/^(src|test)\//m);

  const server = await project.dev(['--project', 'my-app']);
  const headers = { 'content-type': 'application/json', prefer: 'return=representation' };
  const posted = await server.get('/rest/v1/notes', { method: 'POST', body: '{"title":"First"}', headers });
  expect(await posted.json()).toMatchObject([{ title: 'First', id: expect.stringMatching(/^note_/) }]);
  expect(await (await server.get('/notes/recent')).json()).toMatchObject({ rows: [{ title: 'First' }] });
});

test('what is there already stays', async () => {
  await using project = new TestProject();
  const made = await project.run(['init', '--json']);
  expect(JSON.parse(made.out).kept).toEqual(['drizzle.config.ts']);
  expect(readFileSync(join(project.root, 'src/routes.ts'), 'utf8')).toContain('/hello');
});

test('a project of Drizzle’s gets scripts and dependencies, and no tables', async () => {
  const own = { name: 'theirs', scripts: { dev: 'next dev' }, dependencies: { 'drizzle-orm': '0.45.0' } };
  const config = `export default { dialect: 'postgresql', schema: './db/schema.ts' };\n`;
  await using project = new TestProject(
    { 'package.json': JSON.stringify(own), 'drizzle.config.ts': config },
    { bare: true },
  );
  const { code, out } = await project.run(['init']);
  expect(code).toBe(0);
  expect(out).toContain('bunx hutch dev');
  const extended = JSON.parse(readFileSync(join(project.root, 'package.json'), 'utf8'));
  expect(extended).toMatchObject({
    name: 'theirs',
    scripts: { dev: 'next dev', migrate: 'hutch migrate up' },
    dependencies: { 'drizzle-orm': '0.45.0', hutch: expect.any(String) },
  });
  expect(existsSync(join(project.root, 'drizzle'))).toBe(false);
  expect(existsSync(join(project.root, 'src'))).toBe(false);
});

test('the package holds every file of a new project', async () => {
  await using project = new TestProject({}, { bare: true });
  const repository = join(import.meta.dir, '..', '..', '..');
  const listed = Bun.spawnSync([process.execPath, 'pm', 'pack', '--dry-run', '--ignore-scripts'], { cwd: repository });
  const made: { written: string[] } = JSON.parse((await project.run(['init', '--json'])).out);
  const packed = listed.stdout
    .toString()
    .split('\n')
    .filter((it) => it.includes('src/cli/init/template/'));
  expect(packed).toHaveLength(made.written.length);
});

function withoutTestServer(): Record<string, string | undefined> {
  return { ...process.env, TEST_DATABASE_URL: '' };
}
