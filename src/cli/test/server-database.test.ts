import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Driver } from '../../db/index.ts';
import { engines, freshDatabase, postgresUrl, withDatabase } from '../../db/test/engines.ts';
import { eventually } from '../../db/test/eventually.ts';
import { TestProject } from './project.ts';

const postgres = engines().find(({ name }) => name === 'postgres');
const unavailable = postgres?.unavailable;
const title = `hutch db on a server with a password${unavailable === undefined ? '' : ` (skipped: ${unavailable})`}`;

describe.skipIf(unavailable !== undefined)(title, () => {
  let database: Driver & AsyncDisposable;
  let url: string;
  let project: TestProject;
  beforeAll(async () => {
    if (postgres === undefined) return;
    database = await freshDatabase(postgres);
    const { rows } = await database.query({ text: 'select current_database()' });
    url = withDatabase(await postgresUrl(), String(rows[0]?.[0]));
    await database.script(`create table notes (body text); insert into notes values ('ö'), ('two')`);
    project = new TestProject();
  });
  afterAll(async () => {
    await project?.[Symbol.asyncDispose]();
    await database?.[Symbol.asyncDispose]();
  });

  const running = async (text: string) => {
    const query = `select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
      and state = 'active' and query ilike '%${text}%'`;
    return (await database.query({ text: query })).rows[0]?.[0] !== '0';
  };

  test('dump', async () => {
    const { code, err } = await project.run(['db', 'dump', '--out', 'all.sql'], { DATABASE_URL: url });
    expect([code, err]).toEqual([0, 'Wrote all.sql\n']);
    expect(readFileSync(join(project.root, 'all.sql'), 'utf8')).toContain("('ö'),");
  });

  test('a dump that fails leaves the last one', async () => {
    project.write('kept.sql', '-- the last one\n');
    const args = ['db', 'dump', '--out', 'kept.sql', '--', '--table=nots'];
    const { code, err } = await project.run(args, { DATABASE_URL: url });
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/dumped \((pg_dump: error: )?no matching tables were found/),
    ]);
    expect(readFileSync(join(project.root, 'kept.sql'), 'utf8')).toBe('-- the last one\n');
  });

  test('Ctrl-C in a dump ends it on the server too', async () => {
    await database.transaction(async (tx) => {
      await tx.query({ text: 'lock notes' });
      const child = project.spawn(['db', 'dump', '--out', 'half.sql'], { DATABASE_URL: url });
      await eventually(() => running('lock table'));
      child.kill('SIGINT');
      expect(await child.exited).toBe(130);
      await eventually(async () => !(await running('lock table')));
    });
    expect(await Bun.file(join(project.root, 'half.sql')).exists()).toBe(false);
  });

  test('Ctrl-C at the prompt that stands in for psql ends what it runs', async () => {
    const child = project.spawn(['db', 'psql'], { DATABASE_URL: url, PATH: '' }, 'pipe');
    child.stdin?.write('select 20 as answer;\nselect pg_sleep(120);\n');
    await child.stdin?.flush();
    await eventually(() => running('pg_sleep(120)'));
    child.kill('SIGINT');
    expect(await child.exited).toBe(0);
    expect(await child.stdout.text()).toContain(' answer \n');
    await eventually(async () => !(await running('pg_sleep(120)')));
  });

  test.skipIf(Bun.which('psql') === null || process.platform !== 'linux')(
    'psql is not told the password where others see it',
    async () => {
      const { out } = await project.run(['db', 'psql', '--', '-c', '\\! cat /proc/$PPID/cmdline'], {
        DATABASE_URL: url,
      });
      expect(out).toContain(new URL(url).host);
      expect(out).not.toContain(`:${new URL(url).password}@`);
    },
  );
});
