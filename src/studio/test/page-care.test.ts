import { describe, expect } from 'bun:test';
import type { Page } from 'playwright-core';
import { engines } from '../../db/test/engines.ts';
import { cellOf, editCell, saveAll } from './page-driver.ts';
import { inBrowser, type Opened, openPages, saved } from './page-suite.ts';
import type { Shop } from './serve-shop.ts';

/** What is easily shown or written wrongly. */
const oddities = `
CREATE TABLE odd (
  id bigint PRIMARY KEY, "order" integer, "a.b" text, note text, large bigint[], document jsonb, at timestamptz, d double precision
);
INSERT INTO odd VALUES
  (9007199254740993, 1, 'dots', NULL, '{9007199254740993}', '{"n": 9007199254740993, "list": [1]}', '2026-02-03 10:00:00.123456+00', 'NaN'),
  (2, 2, NULL, '100% sure', '{}', '{}', 'infinity', 1.5), (3, 3, NULL, '100 sure', NULL, NULL, NULL, NULL);
CREATE TABLE keyless (a integer, b text);
INSERT INTO keyless VALUES (1, 'x'), (1, 'x'), (2, 'y');
CREATE TABLE places (tenant text, no integer, label text, PRIMARY KEY (tenant, no));
INSERT INTO places VALUES ('a', 1, 'one'), ('b', 1, 'uno');
CREATE TABLE visits (id integer PRIMARY KEY, tenant text, no integer, FOREIGN KEY (tenant, no) REFERENCES places);
INSERT INTO visits VALUES (1, 'b', 1);
CREATE TABLE many (id integer PRIMARY KEY, name text);
INSERT INTO many SELECT i, 'n' || i FROM generate_series(1, 1500) i;
GRANT ALL ON ALL TABLES IN SCHEMA public TO service_role;
`;

for (const engine of engines()) {
  describe.skipIf(engine.unavailable !== undefined)(`with care on ${engine.name} ${engine.unavailable ?? ''}`, () => {
    let shop: Shop;
    let page: Page;
    const begin = (opened: Opened) => {
      ({ shop, page } = opened);
    };
    openPages(engine, begin, oddities);

    async function open(hash: string): Promise<void> {
      await page.goto(`${shop.url}/studio#/t/public/${hash}`);
      await page.locator('.grid-row .cell-text').first().waitFor();
      await page.locator('.grid').focus();
    }
    const text = async (row: number, column: string) => (await cellOf(page, row, column)).innerText();
    async function press(...keys: readonly string[]): Promise<void> {
      for (const key of keys) await page.keyboard.press(key);
    }
    const clipboard = (): Promise<string> => page.evaluate('navigator.clipboard.readText()');
    const put = (content: string) => page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(content)})`);

    describe('nothing is lost', () => {
      inBrowser('whoever leaves the page with changes is asked', async () => {
        await open('orders');
        await editCell(page, 0, 'title', 'Not saved');
        const [dialog, left] = [page.waitForEvent('dialog'), page.reload()];
        expect((await dialog).type()).toBe('beforeunload');
        await (await dialog).accept();
        await left;
      });

      inBrowser('a conflict shows both values, and either can stand', async () => {
        await open('orders');
        await editCell(page, 1, 'title', 'Mine');
        await editCell(page, 2, 'amount', '7');
        await shop.driver.script("update orders set title = 'Theirs', amount = 5.5 where id in (2, 3)");
        await saveAll(page);
        const conflict = page.locator('.conflict');
        await conflict.getByText('theirs Theirs').waitFor();
        expect(await conflict.innerText()).toContain('was Order 2');
        await conflict.getByRole('button', { name: 'Keep mine' }).click();
        await page.getByRole('button', { name: 'Save 2' }).click();
        await conflict.getByText('theirs 5.5').waitFor();
        await conflict.getByRole('button', { name: 'Keep theirs' }).click();
        await page.getByRole('button', { name: 'Save 1' }).click();
        await saved(page);
        expect(await shop.column('select title from orders where id = 2')).toEqual(['Mine']);
        expect(await shop.column('select amount from orders where id = 3')).toEqual(['5.5']);
      });

      inBrowser('what is typed when Ctrl S is pressed is saved too', async () => {
        await open('orders');
        await (await cellOf(page, 3, 'title')).dblclick();
        await page.locator('.editor textarea').fill('Half typed');
        await saveAll(page);
        await saved(page);
        expect(await shop.column('select title from orders where id = 4')).toEqual(['Half typed']);
      });

      inBrowser(
        '1,200 pasted cells, most of rows that were never shown, are one save: all of it, or nothing',
        async () => {
          await open('many');
          await put(Array.from({ length: 1200 }, (_, i) => `new ${i + 1}`).join('\n'));
          await (await cellOf(page, 0, 'name')).click();
          await press('Control+v');
          await page.getByText('1200 changes').waitFor();
          await shop.driver.script("update many set name = 'theirs' where id = 1100");
          await saveAll(page);
          await page.locator('.conflict').getByText('theirs theirs').waitFor();
          expect(await shop.column("select count(*) from many where name like 'new%'")).toEqual(['0']);
          await page.locator('.conflict').getByRole('button', { name: 'Keep mine' }).click();
          await page.getByRole('button', { name: 'Save 1200' }).click();
          await saved(page);
          expect(await shop.column("select count(*) from many where name = 'new ' || id")).toEqual(['1200']);
        },
      );

      inBrowser('more removals and new rows than go one by one are one save', async () => {
        await open('many');
        await put(Array.from({ length: 1200 }, () => 'gone').join('\n'));
        await (await cellOf(page, 0, 'name')).click();
        await press('Control+v');
        await page.getByText('1200 changes').waitFor();
        await press('Control+a', 'Delete');
        await put(['id\tname', ...Array.from({ length: 5 }, (_, i) => `${5000 + i}\tadded`)].join('\n'));
        await press('Control+v');
        await page.getByText('1205 changes').waitFor();
        await saveAll(page);
        await saved(page);
        const left = "select count(*) || ' ' || count(*) filter (where name = 'added') from many";
        expect(await shop.column(left)).toEqual(['305 5']);
      });
    });

    describe('nothing is shown otherwise than it is', () => {
      inBrowser('large numbers in keys, lists and documents, and they are written so', async () => {
        await open('odd?s=order.asc');
        expect(await text(0, 'large')).toContain('9007199254740993');
        expect(await text(0, 'document')).toContain('9007199254740993');
        await page.getByRole('button', { name: 'Open row 1' }).click();
        await page.getByRole('textbox', { name: 'n', exact: true }).waitFor();
        await page.getByRole('button', { name: 'Edit as text' }).click();
        await page.locator('.json-field textarea').fill('{"n": 9007199254740993, "$ref": "a", "list": [1, null]}');
        await page.getByRole('button', { name: 'Keep' }).click();
        await saveAll(page);
        await saved(page);
        expect(await shop.column('select document from odd where "order" = 1')).toEqual([
          '{"n": 9007199254740993, "$ref": "a", "list": [1, null]}',
        ]);
      });

      inBrowser('a time keeps its microseconds, and infinity is no empty field', async () => {
        await open('odd?s=order.asc');
        await page.getByRole('button', { name: 'Open row 2' }).click();
        await page.locator('#field-at').waitFor();
        expect(await page.locator('#field-at').inputValue()).toBe('infinity');
        await page.getByRole('button', { name: 'Row above' }).click();
        await page.locator('#field-at').fill('2026-02-03T11:00:00.123');
        await page.locator('#field-at').press('Enter');
        await saveAll(page);
        await saved(page);
        const at = `select (at at time zone 'UTC')::text from odd where "order" = 1`;
        expect(await shop.column(at)).toEqual(['2026-02-03 11:00:00.123456']);
      });

      inBrowser('columns whose names mean something else in an address', async () => {
        await open('odd?f=order|eq.1&f=a.b|eq.dots');
        await page.getByText('1 row of 3').waitFor();
        await editCell(page, 0, 'order', '10');
        await editCell(page, 0, 'a.b', 'more.dots');
        await page.keyboard.press('Control+s');
        expect(await page.locator('.statements').innerText()).toContain('SET "order" = 10');
        await page.getByRole('button', { name: 'Save 1' }).click();
        await saved(page);
        expect(await shop.column('select "a.b" from odd where "order" = 10')).toEqual(['more.dots']);
        await shop.driver.script('update odd set "order" = 1 where "order" = 10');
      });

      inBrowser('text that is found nowhere', async () => {
        await open('readings');
        await press('/');
        await page.keyboard.type('nowhere');
        await page.getByText('No row matches').waitFor();
        await open('odd');
        await press('/');
        await page.keyboard.type('0% s');
        await page.getByText('1 row of 3').waitFor();
      });

      inBrowser('rows without a key are told apart', async () => {
        await open('keyless');
        await page.getByRole('checkbox', { name: 'Select row 1' }).check();
        expect(await page.locator('.grid-row [type=checkbox]:checked').count()).toBe(1);
      });

      inBrowser('null stays null where nothing is entered', async () => {
        await open('odd?s=order.asc');
        await (await cellOf(page, 0, 'note')).click();
        await press('Enter', 'Enter');
        expect(await page.locator('.review-bar').count()).toBe(0);
      });
    });

    describe('the keyboard does it', () => {
      inBrowser('goes through choices, sorts, filters by a value, ticks', async () => {
        await open('orders');
        await (await cellOf(page, 5, 'mood')).click();
        await press('Enter', 'ArrowDown', 'ArrowDown', 'Enter');
        expect(await text(5, 'mood')).toBe('closed');
        await (await cellOf(page, 5, 'id')).click();
        await press('s', 's');
        await page.locator('#cell-0-0', { hasText: '30' }).waitFor();
        await press('x', 'ArrowDown', 'x');
        expect(await page.locator('.grid-row [type=checkbox]:checked').count()).toBe(2);
        await (await cellOf(page, 0, 'shop_id')).click();
        await press('f', 'Enter');
        await page.getByText('15 rows of 30').waitFor();
        await press('ArrowRight', 'f', 'Control+a');
        await page.keyboard.type('Order 28');
        await press('Enter');
        await page.getByText('1 row of 30').waitFor();
        await press('Control+k');
        await page.keyboard.type('view as');
        await press('Enter', 'Escape');
        await page.locator('dialog').waitFor({ state: 'detached' });
        await press('Delete');
        await page.getByText('2 changes').waitFor();
      });

      inBrowser('follows a key of several columns', async () => {
        await open('visits');
        await (await cellOf(page, 0, 'tenant')).click();
        await press('o');
        await page.getByRole('heading', { name: 'places' }).waitFor();
        await page.getByText('1 row of 2').waitFor();
        await page.locator('.grid-row', { hasText: 'uno' }).waitFor();
      });

      inBrowser('fills in a new row at what it needs', async () => {
        await open('orders');
        await press('n');
        await page.keyboard.type('Typed at once');
        await press('Enter');
        await saveAll(page);
        await saved(page);
        expect(await shop.column("select mood from orders where title = 'Typed at once'")).toEqual(['calm']);
      });
    });

    describe('rows travel', () => {
      inBrowser('to a spreadsheet and back, as one step', async () => {
        await open('shops');
        await press('x', 'ArrowDown', 'x', 'Control+c');
        await page.getByText('2 rows copied').waitFor();
        expect(await clipboard()).toBe('id\tname\n1\tNorth\n2\tSouth <b>bold</b>');
        await put('name\nPasted, here\n"two\nlines"\n');
        await press('Control+v');
        await page.getByText('2 changes').waitFor();
        await press('Control+z');
        await page.getByText('0 changes').waitFor();
        await press('Control+Shift+z');
        await saveAll(page);
        await saved(page);
        expect(await shop.column('select name from shops where id > 2 order by id')).toEqual([
          'Pasted, here',
          'two\nlines',
        ]);
        await shop.driver.script('delete from shops where id > 2');
      });

      inBrowser('over cells, or not at all', async () => {
        await open('orders?f=id|gte.20');
        await (await cellOf(page, 0, 'paid')).click();
        await put('yes\t1.50\nno\tmuch');
        await press('Control+v');
        await page.getByText('Row 2, amount: A number (much)').waitFor();
        expect(await page.locator('.review-bar').count()).toBe(0);
        await put('yes\t1.50\nno\t');
        await press('Control+v');
        await saveAll(page);
        await saved(page);
        expect(
          await shop.column(
            'select paid || coalesce(amount::text, $$-$$) from orders where id in (20, 21) order by id',
          ),
        ).toEqual(['true1.50', 'false-']);
      });

      inBrowser('as JSON and as statements', async () => {
        await open('odd?s=order.asc');
        await page.getByRole('button', { name: 'More' }).click();
        await page.getByRole('button', { name: 'Copy row as INSERT' }).click();
        await page.getByText('INSERT copied').waitFor();
        const statement = await clipboard();
        await shop.driver.script(statement.replace(/'9007199254740993'/, '77'));
        expect(await shop.column('select large from odd where id = 77')).toEqual(['{9007199254740993}']);
        await shop.driver.script('delete from odd where id = 77');
        await page.getByRole('button', { name: 'More' }).click();
        await page.getByRole('button', { name: 'Copy row as JSON' }).click();
        await page.getByText('JSON copied').waitFor();
        expect(await clipboard()).toContain('"n": 9007199254740993');
      });

      const choose = async (name: string, content: string) => {
        await page.keyboard.press('Control+k');
        await page.keyboard.type('import a file');
        await page.keyboard.press('Enter');
        await page
          .locator('input[type=file]')
          .setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(content) });
      };
      const load = async (name: string, content: string) => {
        await choose(name, content);
        await page.getByRole('button', { name: /^Import \d/ }).click();
      };

      const nulls: readonly (readonly [name: string, content: string, told: boolean])[] = [
        ['a.ndjson', '{"id": 60, "document": null}', true],
        ['a.csv', 'id,document\n60,null\n', true],
        ['b.csv', 'id,document\n60,\n', false],
        ['b.json', '[{"id": 60, "note": null, "document": {"n": null}}]', false],
      ];
      inBrowser("and it is said where JSON's null becomes one of SQL", async () => {
        await open('odd');
        for (const [name, content, told] of nulls) {
          await choose(name, content);
          const found = await page.locator('dialog [role=status]').innerText();
          expect([name, found.includes('null in document is written as SQL NULL')]).toEqual([name, told]);
          await page.keyboard.press('Escape');
          await page.locator('dialog').waitFor({ state: 'detached' });
        }
      });

      inBrowser('to a file and back, all or none', async () => {
        await open('odd?s=order.asc');
        const download = page.waitForEvent('download');
        await page.getByRole('button', { name: 'More' }).click();
        await page.getByRole('button', { name: 'Export as CSV' }).click();
        const path = await (await download).path();
        const before = await shop.column('select odd::text from odd order by "order"');
        await shop.driver.script('delete from odd');
        await load('odd.csv', await Bun.file(path).text());
        await page.getByText('3 rows imported').waitFor();
        expect(await shop.column('select odd::text from odd order by "order"')).toEqual(before);
        await load('odd.ndjson', '{"id": 50, "nowhere": 1}\n{"id": "x"}\n');
        await page.locator('dialog [role=alert]', { hasText: 'Nothing was imported' }).waitFor();
        expect(await page.locator('dialog [role=status]').innerText()).toContain('nowhere');
        expect(await shop.column('select count(*) from odd')).toEqual(['3']);
        await page.keyboard.press('Escape');
      });
    });
  });
}
