/** From a cold browser to the studio's first rows, against an empty page in the same browser. */
import type { Browser } from 'playwright-core';
import { openChromium, skipped } from '../../../src/studio/test/chromium.ts';
import { startDev } from '../dev-server.ts';
import { byTurns, figure } from '../meter.ts';
import type { TableRow } from '../results.ts';

/** Why it can't be run here; undefined where it can. */
export const withoutChromium = (): string | undefined =>
  skipped === '' ? undefined : 'Chromium is not installed (CHROMIUM_PATH names another place)';

export async function firstView(rounds: number): Promise<readonly TableRow[]> {
  const server = await startDev({ HUTCH_STUDIO: 'on' });
  const empty = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: () => new Response('<p class=seen>', { headers: { 'content-type': 'text/html' } }),
  });
  const browser = await openChromium();
  try {
    const tables = () => view(browser, `${server.address}/studio`, '.tables a');
    const rows = () => view(browser, `${server.address}/studio#/t/public/items`, '.grid-row .cell-text');
    const [first, grid, floor] = await byTurns(rounds, [tables, rows, () => view(browser, empty.url.href, '.seen')]);
    const asked = { against: 'an empty page', ratio: 'cost' } as const;
    return [
      figure({ ...asked, what: 'studio, tables seen, cold cache', asked: '≤ 1000 ms' }, first, floor),
      figure({ ...asked, what: 'studio, a table’s rows seen, cold cache', asked: '' }, grid, floor),
    ];
  } finally {
    await browser.close();
    await empty.stop(true);
    await server.stop();
  }
}

/** In a context of its own, which has nothing cached. What the browser computes is not seen from here. */
async function view(browser: Browser, url: string, selector: string) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    const started = performance.now();
    await page.goto(url, { waitUntil: 'commit' });
    await page.waitForSelector(selector, { state: 'attached' });
    return { clock: performance.now() - started, computed: 0 };
  } finally {
    await context.close();
  }
}
