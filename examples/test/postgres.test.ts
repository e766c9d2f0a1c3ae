/** The examples' own suites run embedded; here the same files run on a real Postgres, as `TEST_DATABASE_URL=… bun test` does. */
import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { engines, postgresUrl } from '../../src/db/test/engines.ts';
import { EXAMPLES, projects } from './projects.ts';

const postgres = engines().find((it) => it.name === 'postgres');
const reason = process.env.TEST_DATABASE_URL === undefined ? postgres?.unavailable : 'they ran on it already';

describe.skipIf(reason !== undefined)(`the examples on a real Postgres ${reason ? `(skipped: ${reason})` : ''}`, () => {
  test.each(projects)(
    '%s',
    async (project) => {
      const child = Bun.spawn([process.execPath, 'test', '--timeout', '60000'], {
        cwd: join(EXAMPLES, project),
        env: { ...process.env, TEST_DATABASE_URL: await postgresUrl(), NO_COLOR: '1' },
        stdout: 'ignore',
        stderr: 'pipe',
      });
      const output = await child.stderr.text();
      expect(output.split('\n').filter((line) => line.startsWith('(fail)'))).toEqual([]);
      expect(await child.exited).toBe(0);
    },
    120_000,
  );
});
