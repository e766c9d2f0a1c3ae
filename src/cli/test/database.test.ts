import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestProject } from './project.ts';

const noPsql = Bun.which('psql') === null;
const onlyWith = (name: string) => (noPsql ? `${name} (skipped: psql is not installed)` : name);

describe.each(['beside a running server', 'with nothing running'])('hutch db, %s', (where) => {
  let project: TestProject;
  beforeAll(async () => {
    project = new TestProject();
    const server = await project.dev();
    const headers = { 'content-type': 'application/json' };
    await server.get('/rest/v1/notes', { method: 'POST', body: '[{"body_text":"one"},{"body_text":"two"}]', headers });
    if (where === 'with nothing running') await project.run(['stop']);
  });
  afterAll(() => project[Symbol.asyncDispose]());

  test.skipIf(noPsql)(onlyWith('psql'), async () => {
    const { out } = await project.run(['db', 'psql', '--', '-At', '-c', 'select count(*) from notes']);
    expect(out.trim()).toBe('2');
  });

  test('migrate status', async () => {
    const { out, code } = await project.run(['migrate', 'status', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out).entries).toHaveLength(2);
  });

  test('dump', async () => {
    await project.run(['db', 'dump', '--out', 'all.sql']);
    expect(readFileSync(join(project.root, 'all.sql'), 'utf8')).toContain('CREATE TABLE public.notes');
  });

  test('gen types', async () => {
    const { out } = await project.run(['gen', 'types']);
    expect(out).toContain('body_text: string');
  });

  test('gen types of a schema that is not there', async () => {
    const { code, err } = await project.run(['gen', 'types', '--schemas', 'pubic']);
    expect([code, err]).toEqual([2, expect.stringContaining('--schemas names; did you mean public?')]);
  });

  test('gen openapi', async () => {
    const { out } = await project.run(['gen', 'openapi']);
    expect(JSON.parse(out)).toMatchObject({ openapi: '3.1.1', paths: { '/notes': {} } });
  });

  test.skipIf(noPsql)(
    onlyWith('a snapshot is kept, compared and put back'),
    async () => {
      const count = async () =>
        (await project.run(['db', 'psql', '--', '-At', '-c', 'select count(*) from notes'])).out.trim();
      expect((await project.run(['db', 'snapshot', 'save', 'before'])).code).toBe(0);
      await project.run(['db', 'psql', '--', '-c', 'delete from notes where id = 1']);
      expect(await count()).toBe('1');
      const { out } = await project.run(['db', 'snapshot', 'diff', 'before', '--json']);
      expect(JSON.parse(out).tables).toMatchObject([
        { table: 'notes', counts: [2, 1], rows: { added: 0, removed: 1, changed: 0 } },
      ]);
      expect((await project.run(['db', 'snapshot', 'restore', 'befor'])).err).toContain('Did you mean before?');
      expect((await project.run(['db', 'snapshot', 'restore', 'before'])).code).toBe(0);
      expect(await count()).toBe('2');
      expect((await project.run(['db', 'snapshot', 'list'])).out).toContain('before');
    },
    180_000, // eight commands, each of which may start an engine of its own
  );
});

test('a pushed table has its triggers too', async () => {
  const schema = `import { integer, snakeCase } from 'drizzle-orm/pg-core';
import { timestamps } from 'hutch';
export const visits = snakeCase.table('visits', { id: integer().primaryKey(), ...timestamps() });
`;
  await using project = new TestProject({ 'src/schema.ts': schema });
  const { out, code } = await project.run(['migrate', 'push', '--json', '--create', '*', '--accept-loss', '*']);
  expect(code).toBe(0);
  expect(JSON.parse(out).objects.applied).toContain('visits.updated_at');
});
