import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { sql } from 'drizzle-orm';
import type { Driver } from '../driver.ts';
import { drizzleOver } from '../drizzle/drizzle.ts';
import { engines, freshDatabase } from './engines.ts';

setDefaultTimeout(60_000);

for (const engine of engines()) {
  describe.skipIf(engine.unavailable !== undefined)(`settings that a caller of ${engine.name} leaves behind`, () => {
    let driver: Driver & AsyncDisposable;
    beforeAll(async () => {
      driver = await freshDatabase(engine, { poolSize: 1 });
      await driver.script(
        `CREATE FUNCTION keep(v text) RETURNS text LANGUAGE sql AS $$ SELECT set_config('app.a', v, false) $$`,
      );
    });
    afterAll(() => driver.close());

    const set = `SELECT set_config('app.a', 'b', false)`;
    const ways: Readonly<Record<string, () => Promise<unknown>>> = {
      'a statement': () => driver.query({ text: `SET app.a = 'b'` }),
      'set_config, beside one for the transaction': () =>
        driver.query({ text: `SELECT set_config('app.c', 'd', true), set_config('app.a', $1, false)`, params: ['b'] }),
      'the same, prepared before': () =>
        driver.query({ text: `SELECT set_config('app.c', 'd', true), set_config('app.a', $1, false)`, params: ['b'] }),
      'a batch': () => driver.batch([{ text: set }], { actor: { settings: { 'app.c': 'd' } } }),
      'a script': () => driver.script(`SELECT 1; SET app.a TO 'b'; SET SESSION AUTHORIZATION postgres`),
      'a transaction': () => driver.transaction((tx) => tx.query({ text: set })),
      'what fails after it': () => driver.script(`${set}; COMMIT; SELECT 1/0`).catch(() => {}),
      'SQL of a helper': () => drizzleOver(driver).execute(sql`select set_config(${'app.a'}, ${'b'}, ${false})`),
      'a function, where that is said': () =>
        driver.batch([{ text: 'SELECT keep($1)', params: ['b'] }], { keepsSettings: true }),
      'a role': () => driver.query({ text: 'SET ROLE pg_monitor' }),
    };

    for (const [name, leave] of Object.entries(ways)) {
      test(`are gone for the next one: ${name}`, async () => {
        await leave();
        const seen = `SELECT coalesce(current_setting('app.a', true), ''), current_user = session_user, current_setting('DateStyle')`;
        expect((await driver.query({ text: seen })).rows).toEqual([['', 't', 'ISO, MDY']]);
      });
    }

    test('hold within what set them', async () => {
      await driver.transaction(async (tx) => {
        await tx.query({ text: `SET app.a = 'b'` });
        expect((await tx.query({ text: 'SHOW app.a' })).rows).toEqual([['b']]);
      });
      const session = await driver.session();
      await session.query({ text: `SET app.a = 'b'` });
      expect((await session.query({ text: 'SHOW app.a' })).rows).toEqual([['b']]);
      await session.release();
    });
  });
}
