import { describe, expect } from 'bun:test';
import type { Page } from 'playwright-core';
import { engines, type TestEngine } from '../../db/test/engines.ts';
import { cellOf } from './page-driver.ts';
import { inBrowser, openPages, saved } from './page-suite.ts';
import type { Shop } from './serve-shop.ts';

const [embedded] = engines() as readonly [TestEngine, ...TestEngine[]]; // nothing here is of the database

const wide = `
DO $$ BEGIN
  EXECUTE (SELECT 'CREATE TABLE wide (id integer PRIMARY KEY, ' || string_agg('c' || i || ' integer', ', ') || ')' FROM generate_series(1, 1200) i);
END $$;
INSERT INTO wide (id, c1, c777, c1200) SELECT i, i, 777, i * 2 FROM generate_series(1, 50) i;
GRANT ALL ON ALL TABLES IN SCHEMA public TO service_role;
`;

describe('by keys alone', () => {
  let shop: Shop;
  let page: Page;
  openPages(
    embedded,
    (opened) => {
      ({ shop, page } = opened);
    },
    wide,
  );

  async function press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await page.keyboard.press(key);
  }
  async function open(hash: string): Promise<void> {
    await page.goto(`${shop.url}/studio#/t/public/${hash}`);
    await page.locator('.grid-row .cell-text').first().waitFor();
    await page.locator('.grid').focus();
  }
  /** Through the palette: a table, a column, or something to do. */
  async function goTo(name: string): Promise<void> {
    await press('Control+k');
    await page.keyboard.type(name);
    await press('Enter');
  }
  const type = (text: string) => page.keyboard.type(text);

  inBrowser(
    'a row is found, three of its values are changed, looked at as SQL, saved, and undone before that',
    async () => {
      await open('orders');
      await press('/');
      await type('Order 17');
      await page.getByText('1 row of 30').waitFor();
      await press('Enter');
      await goTo('title');
      await press('Enter', 'Control+a');
      await type('By keys');
      await press('Tab');
      await press('Enter', 'ArrowDown', 'Tab');
      await press('ArrowRight');
      await type('99');
      await press('Enter');
      await page.getByText('1 change', { exact: false }).waitFor();
      await press('Control+z');
      await press('Control+Shift+z');
      await press('Control+s');
      const sql = await page.locator('dialog .statements').innerText();
      expect(sql).toContain("title = 'By keys'");
      expect(sql).toContain("mood = 'busy'");
      expect(sql).toContain("amount = '99'");
      await press('Enter');
      await saved(page);
      expect(await shop.column('select title || mood || amount from orders where id = 17')).toEqual(['By keysbusy99']);
      await page.locator('.grid:focus').waitFor();
    },
  );

  inBrowser('rows are narrowed by what the row is called that they refer to', async () => {
    await open('orders');
    await goTo('shop_id');
    await press('f', 'Control+a');
    await type('south');
    await page.locator('.filter-form [aria-activedescendant]').waitFor();
    await press('Enter', 'Enter');
    await page.locator('.chip', { hasText: 'shop_id is 2' }).waitFor();
    await page.locator('.grid:focus').waitFor();
  });

  inBrowser('a row is marked as deleted, restored and purged', async () => {
    await open('orders?f=id|eq.21&deleted=include');
    const state = "select coalesce((select (deleted_at is null)::text from orders where id = 21), 'gone')";
    for (const [act, then] of [
      [() => press('Delete'), 'false'],
      [() => goTo('restore row'), 'true'],
      [() => goTo('purge row'), 'gone'],
    ] as const) {
      await act();
      await page.locator('.review-bar').waitFor();
      await press('Control+s', 'Enter');
      await saved(page);
      expect(await shop.column(state)).toEqual([then]);
    }
  });

  inBrowser('a statement is written, cancelled, explained, and left for its result', async () => {
    await page.goto(`${shop.url}/studio#/`);
    await page.locator('.cards a').first().waitFor();
    await goTo('sql');
    await page.locator('.cm-focused').waitFor();
    await type('select id from orders');
    await press('Control+Shift+Enter');
    await page.locator('.plan-tree .slowest').waitFor();
    // a statement that takes its time: the page waits for it until somebody cancels it
    const { promise: cancelled, resolve: cancel } = Promise.withResolvers<string>();
    await page.route('**/studio/api/cancel', (route) => {
      cancel(route.request().postDataJSON().id);
      return route.continue();
    });
    await page.route('**/studio/api/sql', async (route) => {
      const { id } = route.request().postDataJSON();
      expect(await cancelled).toBe(id);
      await route.continue();
    });
    await press('Control+Enter');
    await page.getByRole('button', { name: 'Cancel' }).waitFor();
    await press('Escape');
    await page.locator('.results [role=status]', { hasText: 'rows' }).waitFor();
    await press('Escape', 'Tab');
    await page.locator('.cm-focused').waitFor({ state: 'detached' });
  });

  inBrowser('a file is chosen first thing in an import', async () => {
    await open('shops');
    await goTo('import a file');
    await page.locator('input[type=file]:focus').waitFor();
    await press('Escape');
    await page.locator('.grid:focus').waitFor();
  });

  inBrowser('two moments of a row are compared', async () => {
    await shop.driver.script("update orders set title = 'Later' where id = 22");
    await open('orders?f=id|eq.22');
    await press('Space');
    await page.getByRole('tab', { name: 'Fields' }).focus();
    await press('ArrowRight', 'ArrowRight');
    await page.locator('.history li').first().waitFor();
    await press('Tab', 'ArrowLeft');
    expect(await page.locator('.travel .difference').innerText()).toContain('Order 22');
    await press('Escape');
    await page.locator('.grid:focus').waitFor();
  });

  inBrowser('what is wrong about a value stands over the rows below, and so does its editor', async () => {
    await open('orders');
    await (await cellOf(page, 1, 'amount')).click();
    await type('1');
    await press('x', 'Enter');
    const onTop = (selector: string) =>
      page.evaluate(`(() => {
        const found = document.querySelector('${selector}');
        const box = found.getBoundingClientRect();
        return document.elementFromPoint(box.left + box.width / 2, box.bottom - 4) === found;
      })()`);
    expect(await onTop('.editor .wrong')).toBe(true);
    await press('Escape');
    await (await cellOf(page, 1, 'title')).click();
    await press('Enter');
    expect(await onTop('.editor textarea')).toBe(true);
    await press('Escape');
  });

  inBrowser('of a thousand columns few are drawn, and any is reached', async () => {
    await open('wide');
    expect(await page.locator('.grid-row').first().locator('[role=gridcell]').count()).toBeLessThan(40);
    await press('End');
    await page.locator('#cell-0-1200', { hasText: '2' }).waitFor();
    await goTo('c777');
    await page.locator('#cell-0-777.active', { hasText: '777' }).waitFor();
    await press('Enter', 'Control+a');
    await type('5');
    await page.locator('.grid').evaluate((grid) => grid.scrollTo({ left: 0 }));
    await page.locator('#cell-0-1').waitFor();
    await press('Enter');
    await page.getByText('1 change', { exact: false }).waitFor();
    await press('c');
    await type('c120');
    expect(await page.locator('.column-item').count()).toBe(2);
    await press('Escape');
    await page.locator('.grid').focus();
    await press('ArrowUp', 'Space');
    await page.getByRole('searchbox', { name: 'Find a field' }).fill('c777');
    expect(await page.locator('#field-c777').inputValue()).toBe('5');
    await page.goto(`${shop.url}/studio#/t/public/orders`);
    await page.locator('#cell-0-2', { hasText: 'Order 1' }).waitFor();
    expect(await page.locator('.grid').evaluate((grid) => grid.scrollLeft)).toBe(0);
  });

  inBrowser('a document gets an entry, and one that is there already is told', async () => {
    await open('orders?f=id|eq.23');
    await press('Space');
    const add = page.locator('.json-tree').first().getByRole('button', { name: 'Add an entry' }).last();
    await add.focus();
    await press('Enter');
    await type('tags');
    await page.locator('.json-add [role=alert]').waitFor();
    await press('2', 'Enter');
    await press('Control+s');
    expect(await page.locator('.statements').innerText()).toContain("jsonb_set(details, '{tags2}', '\"\"')");
    await press('Escape');
  });
});
