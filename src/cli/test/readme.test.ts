import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestProject } from './project.ts';

const readme = readFileSync(join(import.meta.dir, '..', '..', '..', 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);

test('the tour of the README works, block by block', async () => {
  const [schema = '', client = '', routes = ''] = blocks;
  await using project = new TestProject({
    'src/schema.ts': schema,
    'src/routes.ts': routes,
    'drizzle/20251231000000_roles/migration.sql': '-- nothing yet\n',
    'drizzle/20260101000000_notes/migration.sql': 'SELECT 1;\n',
  });
  const server = await project.dev();
  const signIn = await server.get('/sign-in', {
    method: 'POST',
    body: JSON.stringify({ email: 'ada@example.com' }),
    headers: { 'content-type': 'application/json' },
  });
  expect(signIn.status).toBe(201);
  expect(await signIn.json()).toMatchObject({ email: 'ada@example.com', preferences: {} });

  project.write(
    'src/client.ts',
    `${client.replace('http://localhost:3000', server.banner.http)}\nconsole.log(JSON.stringify(data));`,
  );
  const run = Bun.spawnSync([process.execPath, 'src/client.ts'], {
    cwd: project.root,
    env: { ...process.env, API_KEY: String(server.banner.anonKey) },
  });
  expect(run.stderr.toString()).toBe('');
  expect(JSON.parse(run.stdout.toString())).toEqual([{ id: expect.stringMatching(/^usr_/), email: 'ada@example.com' }]);
});
