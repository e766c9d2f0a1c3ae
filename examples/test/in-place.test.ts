/** The examples where they lie: `hutch` is this repository's source (the paths of its tsconfig), as after a fresh clone. */
import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { EXAMPLES, projects } from './projects.ts';

const REPOSITORY = join(EXAMPLES, '..');

test.each(projects)(
  '%s: schema and migrations agree, and every migration has a way down',
  async (project) => {
    const command = ['scripts/hutch.ts', 'migrate', 'check', '--project', join('examples', project)];
    const child = Bun.spawn([process.execPath, ...command], { cwd: REPOSITORY, stdout: 'pipe', stderr: 'pipe' });
    expect(await child.stderr.text()).toBe('');
    expect(await child.exited).toBe(0);
    const folders = [...new Bun.Glob('drizzle/*/migration.sql').scanSync({ cwd: join(EXAMPLES, project) })];
    const ways = [...new Bun.Glob('drizzle/*/down.sql').scanSync({ cwd: join(EXAMPLES, project) })];
    expect(ways.length).toBe(folders.length);
  },
  60_000,
);
