import { expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { docsPage, docsScript } from '../index.ts';

const script = (headers: Record<string, string> = {}, method = 'GET') =>
  docsScript(new Request('http://x/docs/scalar.js', { headers, method }));

test('the page names its script and its document, and lets nothing else in', async () => {
  const page = docsPage({ specUrl: '/rest/v1/openapi.json?a=</script>', title: 'A & <b>' });
  const html = await page.text();
  expect(html).toContain('<title>A &amp; &lt;b&gt;</title>');
  expect(html).toContain('<script src="docs/scalar.js">');
  expect(html).not.toContain('?a=</script>');
  expect(html).not.toMatch(/https?:\/\//);
  const inline = /<script>(.*)<\/script>/s.exec(html)?.[1] ?? '';
  const policy = page.headers.get('Content-Security-Policy');
  expect(policy).toContain(createHash('sha256').update(inline).digest('base64'));
  expect(policy).toContain(`default-src 'none'`);
});

test('the script comes in the encoding that is accepted', async () => {
  const plain = new Uint8Array(await (await script()).arrayBuffer());
  expect(plain.length).toBeGreaterThan(3_000_000);
  const brotli = await script({ 'Accept-Encoding': 'gzip, deflate, br' });
  expect(brotli.headers.get('Content-Encoding')).toBe('br');
  expect(Bun.hash(brotliDecompressSync(await brotli.arrayBuffer()))).toBe(Bun.hash(plain));
  const gzip = await script({ 'Accept-Encoding': 'gzip, br;q=0' });
  expect(gzip.headers.get('Content-Encoding')).toBe('gzip');
  expect(Bun.hash(gunzipSync(await gzip.arrayBuffer()))).toBe(Bun.hash(plain));
});

test('the script is not sent twice', async () => {
  const tag = (await script({ 'Accept-Encoding': 'br' })).headers.get('ETag') ?? '';
  const again = await script({ 'Accept-Encoding': 'br', 'If-None-Match': `"other", W/${tag}` });
  expect(again.status).toBe(304);
  expect(await again.text()).toBe('');
  expect((await script({ 'If-None-Match': tag })).status).toBe(200);
});

const browser = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

test.skipIf(browser === undefined)(
  'a browser shows it with requests to this server alone (skipped where there is no Chromium)',
  async () => {
    const document = {
      openapi: '3.1.1',
      info: { title: 'The library', version: '1' },
      paths: { '/books': { get: { summary: 'Read books', responses: { 200: { description: 'Rows' } } } } },
    };
    using server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      routes: {
        '/docs': () => docsPage({ specUrl: '/openapi.json' }),
        '/docs/scalar.js': (request) => docsScript(request),
        '/openapi.json': Response.json(document),
      },
    });
    const seen = await visit(`${server.url}docs`, 'Read books');
    expect(seen.errors).toEqual([]);
    expect(seen.paths).toEqual(['/docs', '/docs/scalar.js', '/openapi.json']);
  },
  60_000,
);

/** Opens the page, waits for a text on it, and tells what was asked of whom. */
async function visit(url: string, text: string) {
  const paths: string[] = [];
  const errors: string[] = [];
  const chrome = await chromium.launch({
    executablePath: browser ?? '',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  try {
    const page = await chrome.newPage();
    page.on('request', (request) => paths.push(request.url().replace(new URL(url).origin, '')));
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.goto(url);
    await page.waitForSelector(`text=${text}`, { timeout: 30_000 });
    return { paths, errors };
  } finally {
    await chrome.close();
  }
}
