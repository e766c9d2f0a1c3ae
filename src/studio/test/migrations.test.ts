import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import type { Browser } from 'playwright-core';
import type { DatabaseObject } from '../../db/index.ts';
import { engines } from '../../db/test/engines.ts';
import type { DriftSummary, MigrationsSummary, SlowQuery } from '../api/shapes.ts';
import { openChromium, skipped } from './chromium.ts';
import { serveMigratedShop } from './migrated-shop.ts';
import type { Shop } from './serve-shop.ts';

for (const engine of engines()) {
  describe.skipIf(engine.unavailable !== undefined)(`migrations on ${engine.name} ${engine.unavailable ?? ''}`, () => {
    let shop: Shop;
    const objects: DatabaseObject[] = [];
    let browser: Browser | undefined;
    beforeAll(async () => {
      shop = await serveMigratedShop(engine, objects);
      if (skipped === '') browser = await openChromium();
    });
    afterAll(async () => {
      await browser?.close();
      await shop[Symbol.asyncDispose]();
    });
    const get = async <T>(path: string) =>
      (await shop.request(`/studio/api/${path}`, { headers: { host: 'localhost' } })).json() as Promise<T>; // the routes' own types

    test('are told with their state, their SQL and their way down', async () => {
      const { entries } = await get<MigrationsSummary>('migrations');
      expect(entries).toMatchObject([
        {
          label: expect.stringContaining('first'),
          state: 'applied',
          down: 'none',
          sql: expect.stringContaining('CREATE TABLE notes'),
        },
        {
          label: expect.stringContaining('second'),
          state: 'pending',
          downSql: expect.stringContaining('DROP COLUMN author'),
        },
      ]);
    });

    test('are looked at by the studio, and so are none of the queries that people ask about', async () => {
      await shop.request('/studio/api/live/clear', { method: 'POST', headers: { host: 'localhost' } });
      await get<MigrationsSummary>('migrations');
      const slow = await get<readonly SlowQuery[]>('live/slow');
      expect(slow.length).toBeGreaterThan(0);
      expect(slow.filter(({ own }) => !own)).toEqual([]);
    });

    test('are compared with the schema files and the database', async () => {
      const { differences, missing, problem, steps } = await get<DriftSummary>('drift');
      expect(problem).toBeNull();
      expect(missing.join()).toContain('"author"');
      expect(JSON.stringify(differences)).toContain('stray');
      expect(steps.map(({ sql }) => sql).join()).toContain('stray');
    }, 60_000);

    test('say so where a trigger of the schema has no table among them', async () => {
      objects.push({ name: 'nowhere.t', up: 'ALTER TABLE nowhere ENABLE TRIGGER t', down: '' });
      const { missing, problem } = await get<DriftSummary>('drift');
      objects.pop();
      expect(problem).toContain('"nowhere" does not exist');
      expect(missing.join()).toContain('"author"');
    }, 60_000);

    test.skipIf(skipped !== '')(
      `are shown, each with its SQL, beside what differs${skipped}`,
      async () => {
        const page = await browser?.newPage();
        if (page === undefined) throw new Error('there is no browser');
        page.setDefaultTimeout(60_000); // drizzle-kit compares, in a process of its own
        await page.goto(`${shop.url}/studio#/migrations`);
        await page.getByText('1 pending').waitFor();
        await page.getByRole('button', { name: /second/ }).click();
        expect(await page.locator('.migration-sql').innerText()).toContain('DROP COLUMN author');
        await page.getByRole('button', { name: 'Compare' }).click();
        const lacking = page.locator('.drift .sql-block, .drift pre').first();
        await lacking.waitFor();
        expect(await lacking.innerText()).toContain('author');
        expect(await page.locator('.differences').innerText()).toContain('stray');
        await page.close();
      },
      120_000,
    );
  });
}
