import type { Browser, Locator, Page } from 'playwright-core';

/** A page with what somebody at a desk has; what goes wrong in it is collected. */
export async function openPage(browser: Browser, problems: string[]): Promise<Page> {
  const permissions = ['clipboard-read', 'clipboard-write'];
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, permissions });
  context.setDefaultTimeout(30_000); // a net: a busy machine takes a good part of it
  const page = await context.newPage();
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    // a refused save is answered with an error status, which the browser tells as well
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      problems.push(message.text());
  });
  return page;
}

/** A cell by its row's place in the grid and its column's name. */
export async function cellOf(page: Page, row: number, column: string): Promise<Locator> {
  const index = await page
    .locator('.grid-head [role=columnheader]')
    .evaluateAll(
      (heads, name) => heads.find((head) => head.textContent?.trim() === name)?.getAttribute('aria-colindex'),
      column,
    );
  return page.locator(`#cell-${row}-${Number(index) - 2}`);
}

export async function editCell(page: Page, row: number, column: string, text: string): Promise<void> {
  await (await cellOf(page, row, column)).dblclick();
  await page.locator('.editor :is(input, textarea)').fill(text);
  await page.keyboard.press('Enter');
}

/** Reviews what is staged, and saves it. */
export async function saveAll(page: Page): Promise<void> {
  await page.keyboard.press('Control+s');
  await page.locator('dialog').getByRole('button', { name: /^Save/ }).click();
}
