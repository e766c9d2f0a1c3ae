import { describe, expect } from 'bun:test';
import type { Page } from 'playwright-core';
import { HOUSE } from '../../db/index.ts';
import { engines } from '../../db/test/engines.ts';
import type { CatalogSummary } from '../api/shapes.ts';
import { cellOf, editCell, saveAll } from './page-driver.ts';
import { inBrowser, openPages, saved } from './page-suite.ts';
import type { Shop } from './serve-shop.ts';

for (const engine of engines()) {
  describe.skipIf(engine.unavailable !== undefined)(`the page on ${engine.name} ${engine.unavailable ?? ''}`, () => {
    let shop: Shop;
    let page: Page;
    openPages(engine, (opened) => {
      ({ shop, page } = opened);
    });

    /** One that has nothing of the database in it: once is enough. */
    const inPageAlone = engine.name === 'pglite' ? inBrowser : () => {};

    async function open(hash: string): Promise<void> {
      await page.goto(`${shop.url}/studio#/${hash}`);
    }

    async function openTable(hash = 't/public/orders'): Promise<void> {
      await open(hash);
      await page.waitForSelector('.grid-row .cell-text');
    }

    const cell = (row: number, column: string) => cellOf(page, row, column);
    const edit = (row: number, column: string, text: string) => editCell(page, row, column, text);
    const save = () => saveAll(page);

    describe('the grid', () => {
      inBrowser('shows rows, counts, and text that looks like markup as text', async () => {
        await openTable('t/public/shops');
        expect(await (await cell(1, 'name')).innerText()).toBe('South <b>bold</b>');
        await page.locator('.sidebar a', { hasText: 'orders' }).getByText('30').waitFor();
      });

      inBrowser('sorts, filters by type and finds text, all kept in the address', async () => {
        await openTable();
        await page.getByRole('button', { name: 'amount', exact: true }).click();
        await page.getByRole('button', { name: 'amount', exact: true }).click();
        await page.locator('#cell-0-0', { hasText: '30' }).waitFor();
        await page.getByRole('button', { name: 'Filter', exact: true }).click();
        await page.locator('.filter-form select').first().selectOption('amount');
        await page.locator('.filter-form select').nth(1).selectOption({ label: 'at most' });
        await page.locator('.filter-form input').fill('50');
        await page.keyboard.press('Enter');
        await page.getByText('5 rows of 30').waitFor();
        expect(page.url()).toContain('f=amount%7Clte.50');
        await page.keyboard.press('/');
        await page.keyboard.type('order 3');
        await page.getByText('1 row of 30').waitFor();
        await page.reload();
        await page.getByText('1 row of 30').waitFor();
      });

      inPageAlone('hides and pins columns, and remembers it', async () => {
        await openTable();
        await page.getByRole('button', { name: 'Columns' }).click();
        await page.locator('.column-item', { hasText: 'details' }).getByRole('checkbox').uncheck();
        await page.getByRole('button', { name: 'Pin title' }).click();
        await page.reload();
        await page.waitForSelector('.grid-row .cell-text');
        const heads = await page.locator('.grid-head [role=columnheader]').allInnerTexts();
        expect(
          heads
            .map((text) => text.trim())
            .filter(Boolean)
            .slice(0, 2),
        ).toEqual(['id', 'title']);
        expect(heads.join()).not.toContain('details');
      });

      inBrowser('reaches the last of many rows by the keyboard, with few rows drawn', async () => {
        await openTable('t/public/readings');
        await page.locator('.total', { hasText: '20,000 rows' }).waitFor();
        await page.locator('.grid').focus();
        await page.keyboard.press('Control+End');
        await page.locator('[id^="cell-19999-"]', { hasText: '20000' }).first().waitFor();
        expect(await page.locator('.grid-row').count()).toBeLessThan(60);
        await page.keyboard.press('Control+Home');
        await page.locator('#cell-0-0', { hasText: /^1$/ }).waitFor();
      });

      inBrowser('goes on by keyset from where a jump has landed, in any order and both ways', async () => {
        const offsets: string[] = [];
        page.on('request', (request) => {
          const offset = new URL(request.url()).searchParams.get('offset');
          if (offset !== null) offsets.push(offset);
        });
        await openTable('t/public/readings?s=value.desc');
        const ordered = await shop.column('select id from readings order by value desc, id');
        const scroll = async (row: number) => {
          await page.locator('.grid').evaluate((grid, top) => grid.scrollTo({ top }), row * 33);
          await page.locator(`#cell-${row + 5}-0`, { hasText: new RegExp(`^${ordered[row + 5]}$`) }).waitFor();
        };
        await page.locator('.total', { hasText: '20,000 rows' }).waitFor();
        await scroll(10_020);
        const landed = offsets.length;
        for (const row of [10_120, 10_220, 10_320, 10_020, 9_920, 9_820, 9_720]) await scroll(row);
        expect({ landed, later: offsets.slice(landed) }).toEqual({ landed: 1, later: [] });
      });

      inBrowser('shows the rows while they are still counted', async () => {
        await page.route('**/rest/v1/readings?*', (route) =>
          route.request().method() === 'HEAD' ? undefined : route.continue(),
        );
        await openTable('t/public/readings');
        await page.getByText('counting…').waitFor();
        expect(await (await cell(0, 'id')).innerText()).toBe('1');
      });

      inBrowser('follows keys both ways', async () => {
        await openTable();
        await (await cell(0, 'shop_id')).click();
        await page.keyboard.press('o');
        await page.getByRole('heading', { name: 'shops' }).waitFor();
        await page.locator('#cell-0-1', { hasText: 'South' }).waitFor();
        await page.getByRole('button', { name: 'Open row 1' }).click();
        await page.getByRole('tab', { name: 'References' }).click();
        await page.locator('.references a', { hasText: '15' }).click();
        await page.getByText('15 rows of 30').waitFor();
      });
    });

    describe('editing', () => {
      inBrowser('stages changes, shows them as SQL, undoes, and saves in one transaction', async () => {
        await openTable();
        await (await cell(0, 'title')).click();
        await page.keyboard.press('Enter');
        await page.keyboard.press('Control+a');
        await page.keyboard.type("It's new");
        await page.keyboard.press('Enter');
        await (await cell(1, 'mood')).dblclick();
        await page.locator('.editor select').selectOption('busy');
        await edit(2, 'amount', '12345678901234567890.5');
        await page.getByText('3 changes').waitFor();
        await page.keyboard.press('Control+z');
        await page.getByText('2 changes').waitFor();
        await page.keyboard.press('Control+Shift+z');
        await page.getByText('3 changes').waitFor();
        expect(await shop.column('select title from orders where id = 1')).toEqual(['Order 1']);
        await page.keyboard.press('Control+s');
        const sql = await page.locator('dialog .statements').innerText();
        expect(sql).toContain("SET title = 'It''s new'\nWHERE id = 1;");
        await page.locator('dialog').getByRole('button', { name: 'Save 3' }).click();
        await saved(page);
        expect(await shop.column('select title from orders where id = 1')).toEqual(["It's new"]);
        expect(await shop.column('select mood from orders where id = 2')).toEqual(['busy']);
        expect(await shop.column('select amount from orders where id = 3')).toEqual(['12345678901234567890.5']);
        const transactions = `select count(distinct txid) from hutch.audit_log where row_key in ('1', '2', '3')`;
        expect(await shop.column(transactions)).toEqual(['1']);
      });

      inBrowser('leaves a value with Escape, and refuses one of the wrong type', async () => {
        await openTable();
        await (await cell(4, 'title')).dblclick();
        await page.keyboard.type('nothing');
        await page.keyboard.press('Escape');
        await (await cell(4, 'amount')).dblclick();
        await page.locator('.editor input').fill('much');
        await page.keyboard.press('Enter');
        await page.getByText('A number').waitFor();
        await page.keyboard.press('Escape');
        expect(await page.locator('.review-bar').count()).toBe(0);
      });

      inBrowser('saves nothing when a row has changed meanwhile', async () => {
        await openTable();
        await edit(5, 'title', 'Mine');
        await edit(6, 'title', 'Also mine');
        await shop.driver.script("update orders set title = 'Theirs' where id = 6");
        await save();
        await page.locator('dialog [role=alert]', { hasText: 'has changed since it was read' }).waitFor();
        expect(await shop.column('select title from orders where id in (6, 7) order by id')).toEqual([
          'Theirs',
          'Order 7',
        ]);
        expect(await page.locator('.statements li.failed').innerText()).toContain('WHERE id = 6');
      });

      inBrowser('patches a document by path, beside what somebody else changes in it', async () => {
        await openTable();
        await page.getByRole('button', { name: 'Open row 9' }).click();
        const width = page.locator('.json-tree').getByRole('textbox', { name: 'w', exact: true });
        await width.fill('5');
        await width.press('Tab');
        await page.getByText('1 change').waitFor();
        await shop.driver.script(`update orders set details = jsonb_set(details, '{size,h}', '9') where id = 9`);
        await page.keyboard.press('Control+s');
        expect(await page.locator('.statements').innerText()).toContain("jsonb_set(details, '{size,w}', '5')");
        await page.getByRole('button', { name: 'Save 1' }).click();
        await saved(page);
        expect(await shop.column("select details ->> 'size' from orders where id = 9")).toEqual(['{"h": 9, "w": 5}']);
      });

      inBrowser('inserts, duplicates and sets to null', async () => {
        await openTable('t/public/shops');
        await page.keyboard.press('n');
        await page.getByLabel('name', { exact: true }).fill('West');
        await page.getByLabel('name', { exact: true }).press('Enter');
        await save();
        await saved(page);
        expect(await shop.column("select count(*) from shops where name = 'West'")).toEqual(['1']);
        await openTable();
        await (await cell(10, 'shop_id')).click();
        await page.keyboard.press('Backspace');
        await page.keyboard.press('Control+d');
        await save();
        await saved(page);
        const copies = "select count(*) || ' ' || count(shop_id) from orders where title = 'Order 11'";
        expect(await shop.column(copies)).toEqual(['2 0']);
      });

      inBrowser('marks deleted rows, shows them greyed, restores and purges them', async () => {
        await openTable();
        await (await cell(19, 'title')).click();
        await page.keyboard.press('Delete');
        await save();
        await saved(page);
        expect(await shop.column('select deleted_at is not null from orders where id = 20')).toEqual(['t']);
        await page.getByRole('button', { name: 'Deleted', exact: true }).click();
        await page
          .locator('.grid-row.deleted', { hasText: 'Order 20' })
          .getByRole('button', { name: /Open row/ })
          .click();
        await page.getByRole('button', { name: 'Restore', exact: true }).click();
        await save();
        await saved(page);
        expect(await shop.column('select deleted_at is null from orders where id = 20')).toEqual(['t']);
        await shop.driver.script('update orders set deleted_at = now() where id = 20');
        await page.getByRole('button', { name: 'Read the rows again' }).click();
        await page.locator('.grid-row.deleted', { hasText: 'Order 20' }).waitFor();
        await page.getByRole('button', { name: 'Purge', exact: true }).click();
        await save();
        await saved(page);
        expect(await shop.column('select count(*) from orders where id = 20')).toEqual(['0']);
      });
    });

    describe('history', () => {
      inBrowser('shows differences, and goes back to a moment', async () => {
        await shop.driver.script(
          `update orders set title = 'One' where id = 15; update orders set title = 'Two', paid = true where id = 15`,
        );
        await openTable('t/public/orders?f=id|eq.15');
        await page.getByRole('button', { name: 'Open row 1' }).click();
        await page.getByRole('tab', { name: 'History' }).click();
        await page.locator('.history li').nth(1).waitFor();
        expect(await page.locator('.history li').first().innerText()).toContain('One');
        await page.locator('.travel input').fill('0');
        expect(await page.locator('.travel .difference').innerText()).toContain('Order 15');
        await page.getByRole('button', { name: 'Stage these values' }).click();
        await save();
        await saved(page);
        expect(await shop.column('select title from orders where id = 15')).toEqual(['Order 15']);
      });
    });

    describe('viewing as somebody else', () => {
      inBrowser('shows what the policies let through', async () => {
        await openTable();
        await page.getByRole('button', { name: /^Viewing as/ }).click();
        await page.getByRole('radio', { name: /anon/ }).check();
        await page.getByRole('button', { name: 'View', exact: true }).click();
        await page.getByRole('button', { name: 'Viewing as anon' }).waitFor();
        await page.locator('.total', { hasText: /^1\d rows/ }).waitFor();
        const shops = await page.locator('.grid-row [aria-colindex="3"]').allInnerTexts();
        expect(new Set(shops.map((text) => text.trim()))).toEqual(new Set(['1']));
      });
    });

    describe('SQL', () => {
      inBrowser('runs, draws a plan with its slowest node, keeps a history, and marks an error', async () => {
        await open('sql');
        const editor = page.locator('.cm-content');
        await editor.click();
        await page.keyboard.insertText('select 1 as one; select id, title from orders order by id');
        await page.keyboard.press('Control+Enter');
        await page.locator('.result-grid .grid-row').first().waitFor();
        await page.getByRole('tab', { name: /^1/ }).click();
        expect(await page.locator('.result-grid .grid-row').innerText()).toBe('1');
        await page.keyboard.press('Escape');
        await editor.click();
        await page.keyboard.press('Control+End');
        await page.keyboard.press('Control+Shift+Enter');
        await page.locator('.plan-tree .slowest').waitFor();
        await editor.click();
        await page.keyboard.press('Control+a');
        await page.keyboard.insertText('select titel from orders');
        await page.keyboard.press('Control+Enter');
        await page.locator('.cm-wrong', { hasText: 'titel' }).waitFor();
        await page.getByRole('button', { name: 'History' }).click();
        await page.locator('.query-item').nth(1).waitFor();
        expect(await page.locator('.query-item').count()).toBe(2);
      });

      inBrowser('gives a result as JSON with all of its digits and columns', async () => {
        await open('sql');
        await page.locator('.cm-content').click();
        await page.keyboard.press('Control+a');
        await page.keyboard.insertText(
          `select 1 as a, 2 as a, 12345678901234567.25 as exact, 'NaN'::numeric as odd, '{"n": 9007199254740993}'::jsonb as doc`,
        );
        await page.keyboard.press('Control+Enter');
        await page.locator('.result-grid .grid-row').waitFor();
        expect(await page.locator('.result-grid .grid-row .cell').allInnerTexts()).toEqual([
          '1',
          '2',
          '12345678901234567.25',
          'NaN',
          '{"n": 9007199254740993}',
        ]);
        await page.getByRole('button', { name: 'JSON', exact: true }).click();
        const text = (await page.locator('.json-result').innerText()).replace(/\s+/g, '');
        expect(text).toBe('[{"a":1,"a_2":2,"exact":12345678901234567.25,"odd":"NaN","doc":{"n":9007199254740993}}]');
      });

      inPageAlone('completes tables and columns from the catalog', async () => {
        await open('sql');
        await page.locator('.sidebar .tables a').first().waitFor();
        await page.locator('.cm-content').click();
        await page.keyboard.type('select * from ord');
        await page.locator('.cm-tooltip-autocomplete li', { hasText: 'orders' }).first().waitFor();
      });
    });

    describe('the catalog', () => {
      inPageAlone('is read again by whoever comes back to the page, and what is open stays', async () => {
        await open('t/public/orders');
        await page.locator('.grid-row .cell-text').first().waitFor();
        await page.locator('.tables').getByText('readings').waitFor();
        await page.locator('.grid').focus();
        await page.keyboard.press('ArrowDown');
        const comeBack = () => page.evaluate("dispatchEvent(new Event('focus'))");
        const [read] = await Promise.all([page.waitForResponse('**/studio/api/catalog'), comeBack()]);
        await read.finished();
        expect(await page.locator('#cell-1-0.active').count()).toBe(1);
        await page.route('**/studio/api/catalog', async (route) => {
          const found: CatalogSummary = await (await route.fetch()).json();
          await route.fulfill({ json: { ...found, tables: found.tables.filter(({ name }) => name !== 'readings') } });
        });
        await comeBack();
        await page.locator('.tables').getByText('readings').waitFor({ state: 'detached' });
        await page.locator('.tables').getByText('shops').waitFor();
      });
    });

    describe('a foreign key', () => {
      inPageAlone('is offered the rows that it may refer to, by what they are called', async () => {
        await open('t/public/orders');
        await page.locator('.grid-row .cell-text').first().waitFor();
        await (await cellOf(page, 3, 'shop_id')).click();
        await page.keyboard.press('Enter');
        const offered = page.getByRole('listbox', { name: 'Rows of shops' }).getByRole('option');
        await offered.nth(1).waitFor();
        expect((await offered.allInnerTexts()).slice(0, 2)).toEqual(['North\n1', 'South <b>bold</b>\n2']);
        await page.keyboard.type('sou');
        await page.getByRole('option', { name: 'North' }).waitFor({ state: 'detached' });
        await page.locator('.editor [aria-activedescendant]').waitFor();
        await page.keyboard.press('Enter');
        expect(await (await cellOf(page, 3, 'shop_id')).innerText()).toBe('2');
        await (await cellOf(page, 5, 'shop_id')).click();
        await page.keyboard.press('Enter');
        await offered.nth(1).waitFor();
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('Tab');
        expect(await (await cellOf(page, 5, 'shop_id')).innerText()).toBe('2');
        await (await cellOf(page, 7, 'shop_id')).click();
        await page.keyboard.type('1');
        await page.getByRole('option', { name: 'North' }).waitFor();
        await page.keyboard.press('Enter');
        expect(await (await cellOf(page, 7, 'shop_id')).innerText()).toBe('1');
        await page.getByRole('button', { name: 'Open row 4' }).click();
        await page.locator('.called', { hasText: 'South <b>bold</b>' }).waitFor();
        await page.getByRole('combobox', { name: 'shop_id' }).click();
        await offered.filter({ hasText: 'North' }).click();
        await page.locator('.called', { hasText: 'North' }).waitFor();
      });
    });

    describe('a column', () => {
      inPageAlone('says what it holds, and narrows the grid to a value', async () => {
        await open('t/public/orders');
        await page.locator('.grid-row .cell-text').first().waitFor();
        await (await cellOf(page, 0, 'shop_id')).click();
        await page.keyboard.press('i');
        const dialog = page.getByRole('dialog', { name: 'shop_id' });
        await dialog.locator('.common-values li').first().waitFor();
        expect(await dialog.locator('dl').innerText()).toMatch(/Different values\s+2\s+Smallest\s+1\s+Largest\s+2/);
        await dialog.getByRole('button', { name: /^2/ }).click();
        await page.locator('.chip', { hasText: 'shop_id' }).waitFor();
        await page.locator('.total', { hasText: ' of ' }).waitFor();
        const head = page.getByRole('columnheader', { name: 'title' });
        await head.hover();
        await head.getByRole('button', { name: 'What title holds' }).click();
        await page.getByRole('dialog', { name: 'title' }).getByText('that the filters let through').waitFor();
        const [narrowed = ''] = (await page.locator('.total').innerText()).split(' ');
        const rows = page.getByRole('dialog', { name: 'title' }).locator('dl dd').first();
        await rows.waitFor();
        expect(await rows.innerText()).toBe(narrowed);
        await page.keyboard.press('Escape');
      });
    });

    describe('requests', () => {
      inPageAlone('appear as they pass, with their SQL, their stages, and as code', async () => {
        await open('live');
        await page.getByText('live', { exact: true }).waitFor();
        await fetch(`${shop.url}/rest/v1/orders?select=id,title&shop_id=eq.1&order=id.desc&limit=2`);
        await page.locator('.entry', { hasText: 'order=id.desc' }).click();
        const detail = await page.locator('.detail').innerText();
        expect(detail).toContain('"public"."orders"."title"');
        expect(detail).toContain('transaction');
        expect(detail).toContain(`curl '${shop.url}/rest/v1/orders?select=id,title`);
        expect(detail).toContain(
          ".from('orders')\n  .select('id,title')\n  .eq('shop_id', 1)\n  .order('id', { ascending: false })\n  .limit(2)",
        );
        await page.getByRole('button', { name: 'Run it again with its plan' }).click();
        await page.locator('.detail .plan-tree .slowest').waitFor();
        await fetch(`${shop.url}/rest/v1/order`);
        await page.locator('.entry', { hasText: '404' }).click();
        await page.locator('.detail .notice', { hasText: "Perhaps you meant the table 'public.orders'" }).waitFor();
      });

      inPageAlone('leave out what Hutch does of itself, until somebody asks for it', async () => {
        await open('live');
        await page.getByText('live', { exact: true }).waitFor();
        await shop.driver.query({ text: 'select 41 as house' }, { label: HOUSE });
        await shop.driver.query({ text: 'select 42 as foreign' });
        await page.locator('.entry', { hasText: '42 as foreign' }).waitFor();
        expect(await page.locator('.entry', { hasText: '41 as house' }).count()).toBe(0);
        await page.getByLabel("Hutch's own").check();
        await page.locator('.entry', { hasText: '41 as house' }).getByText('hutch').waitFor();
        await open('slow');
        await page.locator('.slow-text', { hasText: '41 as house' }).waitFor();
        await page.getByLabel("Hutch's own").uncheck();
        await page.locator('.slow-text', { hasText: '42 as foreign' }).waitFor();
        expect(await page.locator('.slow-text', { hasText: '41 as house' }).count()).toBe(0);
      });
    });

    describe('the keyboard', () => {
      inPageAlone('goes anywhere by the palette, and shows its keys', async () => {
        await open('');
        await page.locator('.cards a').first().waitFor();
        await page.keyboard.press('Control+k');
        await page.keyboard.type('readi');
        await page.keyboard.press('Enter');
        await page.getByRole('heading', { name: 'readings' }).waitFor();
        await page.waitForSelector('.grid-row .cell-text');
        await page.keyboard.press('ArrowDown');
        await page.locator('#cell-1-0.active').waitFor();
        await page.keyboard.press('?');
        await page.getByRole('dialog', { name: 'Keys' }).waitFor();
        await page.keyboard.press('Escape');
        await page.locator('dialog').waitFor({ state: 'detached' });
      });
    });
  });
}
