import { expect, test } from 'bun:test';
import { randomBytes } from 'node:crypto';
import { openPostgres } from '../../db/index.ts';
import { engines, postgresUrl } from '../../db/test/engines.ts';
import { createLogger } from '../../http/logger.ts';
import { tellUnreachableRoles } from '../database/unreachable-roles.ts';

const lines: string[] = [];
const log = await createLogger({
  level: 'info',
  pretty: false,
  destination: { write: (line) => void lines.push(line) },
});

const [, postgres] = engines(14);
const why = postgres?.unavailable === undefined ? '' : ` (skipped: ${postgres.unavailable})`;

test.skipIf(postgres?.unavailable !== undefined)(
  `roles that the login may not act as are told of, with what would let it${why}`,
  async () => {
    const url = new URL(await postgresUrl());
    const server = await openPostgres({ url: url.href, poolSize: 1 });
    const [login, anon] = ['login', 'anon'].map((it) => `hutch_${it}_${randomBytes(6).toString('hex')}`);
    try {
      await server.script(`CREATE ROLE ${anon}; CREATE ROLE ${login} LOGIN PASSWORD 'secret'`);
      [url.username, url.password] = [login ?? '', 'secret'];
      const limited = await openPostgres({ url: url.href, poolSize: 1 });
      const told = async () => {
        lines.length = 0;
        await tellUnreachableRoles(limited, anon, log);
        return lines.join('');
      };
      expect(await told()).toMatch(new RegExp(`${login} may not act as .*${anon}.*GRANT .*${anon}.* TO ${login}`));
      await server.script(`GRANT ${anon} TO ${login}`);
      expect(await told()).not.toContain(anon);
      await limited.close();
    } finally {
      await server.script(`DROP ROLE IF EXISTS ${login}; DROP ROLE IF EXISTS ${anon}`);
      await server.close();
    }
  },
);
