import { expect, test } from 'bun:test';
import { randomBytes } from 'node:crypto';
import { openPostgres } from '../../db/index.ts';
import { engines, freshDatabase, postgresUrl, type TestEngine, withDatabase } from '../../db/test/engines.ts';
import { createLogger } from '../../http/logger.ts';
import { tellTextOrder } from '../database/text-order.ts';

const WORDS = `SELECT string_agg(x, ' ' ORDER BY x COLLATE "C"), string_agg(x, ' ' ORDER BY x COLLATE "unicode")
FROM unnest(array['a', 'B', 'ä', 'Z', '_', '1']) x`;

const why = (engine: TestEngine | undefined): string =>
  engine?.unavailable === undefined ? '' : ` (skipped: ${engine.unavailable})`;

const lines: string[] = [];
const log = await createLogger({
  level: 'info',
  pretty: false,
  destination: { write: (line) => void lines.push(line) },
});

for (const engine of engines(16)) {
  test.skipIf(engine.unavailable !== undefined)(
    `collations with a name sort the same: ${engine.name}${why(engine)}`,
    async () => {
      await using driver = await freshDatabase(engine);
      expect((await driver.query({ text: WORDS })).rows[0]).toEqual(['1 B Z _ a ä', '_ 1 a ä B Z']);
    },
  );
}

const [, postgres] = engines(15);
test.skipIf(postgres?.unavailable !== undefined)(
  `a database in a language of its own is told of, and no other${why(postgres)}`,
  async () => {
    const server = await openPostgres({ url: await postgresUrl(), poolSize: 1 });
    const name = `hutch_test_${randomBytes(6).toString('hex')}`;
    try {
      await tellTextOrder(server, log);
      expect(lines).toEqual([]);
      await server.script(`CREATE DATABASE ${name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de'`);
      const german = await openPostgres({ url: withDatabase(await postgresUrl(), name), poolSize: 1 });
      await tellTextOrder(german, log).finally(() => german.close());
      expect(lines.join('')).toContain('text sorts by de, not by code point');
    } finally {
      await server.script(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await server.close();
    }
  },
);
