import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
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

  const tests = Bun.spawnSync([process.execPath, 'test'], { cwd: root, env: withoutTestServer() });
  expect(tests.stderr.toString()).toContain('1 pass');
  const types = Bun.spawnSync([process.execPath, 'x', 'tsc', '--noEmit', '--allowImportingTsExtensions'], {
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
  expect(JSON.parse(made.out).kept).toEqual(
    expect.arrayContaining(['drizzle.config.ts', 'src/schema.ts', 'src/routes.ts']),
  );
  expect(readFileSync(join(project.root, 'src/routes.ts'), 'utf8')).toContain('/hello');
});

function withoutTestServer(): Record<string, string | undefined> {
  return { ...process.env, TEST_DATABASE_URL: '' };
}
