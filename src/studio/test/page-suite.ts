import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test';
import type { Browser, Page } from 'playwright-core';
import type { TestEngine } from '../../db/test/engines.ts';
import { openChromium, skipped } from './chromium.ts';
import { openPage } from './page-driver.ts';
import { type Shop, serveShop } from './serve-shop.ts';

/** What a test of the page has: a shop for all tests of its `describe`, and a page of its own. */
export interface Opened {
  readonly shop: Shop;
  readonly page: Page;
}

/** Opens a shop, and for each test a page in which nothing may go wrong unseen; `begin` is given both before each test. */
export function openPages(engine: TestEngine, begin: (opened: Opened) => void, sql?: string): void {
  if (skipped !== '') return;
  const problems: string[] = [];
  let browser: Browser | undefined;
  let shop: Shop | undefined;
  let page: Page | undefined;
  beforeAll(async () => {
    [browser, shop] = await Promise.all([openChromium(), serveShop({ engine, sql })]);
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    if (browser === undefined || shop === undefined) throw new Error('neither browser nor shop could be opened');
    problems.length = 0;
    page = await openPage(browser, problems);
    begin({ shop, page });
  });
  afterEach(async () => {
    await page?.context().close();
    expect(problems).toEqual([]);
  });
}

/** A test that needs the browser. */
export const inBrowser = (name: string, work: () => Promise<void>): void =>
  test.skipIf(skipped !== '')(`${name}${skipped}`, work);

/** Everything that was staged is written. */
export const saved = (page: Page): Promise<void> => page.locator('.review-bar').waitFor({ state: 'detached' });
