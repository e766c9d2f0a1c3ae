import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { openChromium, skipped } from './chromium.ts';
import { serveMigratedShop } from './migrated-shop.ts';
import type { Shop } from './serve-shop.ts';

let browser: Browser;
let shop: Shop;
beforeAll(async () => {
  if (skipped === '') [browser, shop] = await Promise.all([openChromium(), serveMigratedShop()]);
});
afterAll(async () => {
  await browser?.close();
  await shop?.[Symbol.asyncDispose]();
});

const axe = readFileSync(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

/** Every view in the state in which it has most to show. */
const views: readonly { readonly name: string; readonly hash: string; open?(page: Page): Promise<void> }[] = [
  { name: 'home', hash: '', open: (page) => page.locator('.cards a').first().waitFor() },
  { name: 'the grid', hash: 't/public/orders', open: (page) => page.locator('.grid-row .cell-text').first().waitFor() },
  {
    name: 'a row that is edited',
    hash: 't/public/orders',
    async open(page) {
      await page.locator('button[aria-label="Open row 2"]').click();
      await page.locator('.json-tree').first().waitFor();
      await page.locator('#field-title').fill('Changed');
      await page.locator('#field-title').press('Enter');
      await page.locator('.review-bar').waitFor();
    },
  },
  {
    name: 'the filter',
    hash: 't/public/orders?f=mood|eq.calm&deleted=include',
    async open(page) {
      await page.locator('.grid-row .cell-text').first().waitFor();
      await page.getByRole('button', { name: 'Filter 1' }).click();
    },
  },
  {
    name: 'the rows that a key may refer to',
    hash: 't/public/orders',
    async open(page) {
      await page.locator('#cell-1-1').dblclick();
      await page.getByRole('option').first().waitFor();
    },
  },
  {
    name: 'what can be done with rows',
    hash: 't/public/orders',
    async open(page) {
      await page.getByRole('checkbox', { name: 'Select row 2', exact: true }).check();
      await page.getByRole('button', { name: '1 row', exact: true }).click();
      await page.locator('.menu-list').waitFor();
    },
  },
  {
    name: 'what a column holds',
    hash: 't/public/orders',
    async open(page) {
      await page.locator('#cell-1-1').click();
      await page.keyboard.press('i');
      await page.locator('.common-values li').first().waitFor();
    },
  },
  {
    name: 'an import',
    hash: 't/public/orders',
    async open(page) {
      await page.getByRole('button', { name: 'More' }).click();
      await page.getByRole('button', { name: 'Import a file…' }).click();
      const buffer = Buffer.from('title,nowhere\nA,1\n');
      await page.locator('input[type=file]').setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer });
      await page.getByText('Left out').waitFor();
    },
  },
  {
    name: 'a conflict',
    hash: 't/public/orders',
    async open(page) {
      await page.locator('button[aria-label="Open row 2"]').click();
      await page.locator('#field-title').fill(`Mine ${Math.random()}`);
      await page.locator('#field-title').press('Enter');
      await shop.driver.script(`update orders set title = 'Theirs ${Math.random()}' where id = 2`);
      await page.keyboard.press('Control+s');
      await page.getByRole('button', { name: 'Save 1' }).click();
      await page.getByRole('button', { name: 'Keep mine' }).waitFor();
    },
  },
  {
    name: 'the palette',
    hash: '',
    async open(page) {
      await page.locator('.cards a').first().waitFor();
      await page.keyboard.press('Control+k');
      await page.locator('.palette').waitFor();
    },
  },
  {
    name: 'SQL with a result',
    hash: 'sql',
    async open(page) {
      await page.locator('.cm-content').click();
      await page.keyboard.insertText('select * from orders');
      await page.keyboard.press('Control+Enter');
      await page.locator('.result-grid .grid-row').first().waitFor();
    },
  },
  {
    name: 'a plan',
    hash: 'sql',
    async open(page) {
      await page.locator('.cm-content').click();
      await page.keyboard.insertText('select * from orders join shops on shops.id = shop_id');
      await page.keyboard.press('Control+Shift+Enter');
      await page.locator('.plan-tree li').first().waitFor();
    },
  },
  {
    name: 'requests',
    hash: 'live',
    async open(page) {
      await page.getByText('live', { exact: true }).waitFor();
      await fetch(`${shop.url}/rest/v1/orders?limit=1`);
      await page.locator('.entry', { hasText: '/rest/v1/orders' }).first().click();
      await page.locator('.detail').waitFor();
    },
  },
  {
    name: 'migrations',
    hash: 'migrations',
    async open(page) {
      await page.getByRole('button', { name: /second/ }).click();
      await page.getByRole('button', { name: 'Compare' }).click();
      await page.locator('.differences').waitFor({ timeout: 60_000 });
    },
  },
  { name: 'slow queries', hash: 'slow', open: (page) => page.locator('.slow-text').first().waitFor() },
];

async function problemsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const { violations }: AxeResults = await page.evaluate('axe.run(document)');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.slice(0, 3).map(({ target, failureSummary }) => `${id} ${target} ${failureSummary}`),
    );
}

describe('axe finds nothing serious, and nothing runs out of the window', () => {
  for (const { name, hash, open } of views) {
    for (const { colorScheme, width } of [
      { colorScheme: 'light', width: 1280 },
      { colorScheme: 'dark', width: 390 },
    ] as const) {
      test.skipIf(skipped !== '')(
        `${name}, ${colorScheme}, ${width} pixels wide${skipped}`,
        async () => {
          const context = await browser.newContext({ viewport: { width, height: 844 }, colorScheme });
          context.setDefaultTimeout(30_000);
          const page = await context.newPage();
          await page.goto(`${shop.url}/studio#/${hash}`);
          await open?.(page);
          expect(await problemsOf(page)).toEqual([]);
          const overflow: unknown = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
          expect(Number(overflow)).toBeLessThanOrEqual(0);
          await context.close();
        },
        120_000,
      );
    }
  }
});
