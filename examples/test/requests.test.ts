/** What each example's README asks of it with curl, as it stands there. */
import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXAMPLES } from './projects.ts';
import { Copy } from './served.ts';

const SECRET = 'a secret of at least thirty-two characters';
const skipped = Bun.which('curl') === null ? ' (skipped: curl is not installed)' : '';
const hutch = [process.execPath, join(EXAMPLES, '..', 'scripts', 'hutch.ts')].join(' ');

/** Milliseconds: a start, and a command for each line. */
const PATIENCE = 90_000;

describe('the requests of the README', () => {
  for (const name of ['assistant', 'interventions', 'organizations']) {
    const readme = readFileSync(join(EXAMPLES, name, 'README.md'), 'utf8');
    const [block = ''] = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, it = '']) =>
      it.includes('curl') ? [it] : [],
    );
    test.skipIf(skipped !== '')(
      `${name}${skipped}`,
      async () => {
        await using copy = Copy.of(name).linked();
        const { banner } = await copy.dev(undefined, { JWT_SECRET: SECRET });
        const script = block
          .replaceAll('localhost:3000', banner.http)
          .replaceAll('bunx hutch', hutch)
          .replaceAll('curl ', 'curl -sSf ');
        const { out, err, code } = await copy.run(['sh', '-c', script], { JWT_SECRET: SECRET });
        expect({ err, code }).toEqual({ err: '', code: 0 });
        expect(out).toMatch(/^(\{|$)/);
      },
      PATIENCE,
    );
  }
});
