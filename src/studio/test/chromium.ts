import { existsSync } from 'node:fs';

const path = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** What a browser test says of itself where there is no browser; empty where there is one. */
export const skipped = existsSync(path) ? '' : ' (skipped: chromium is not installed)';

/** The system's Chromium, without anything that would go out to the network. */
export async function openChromium() {
  const { chromium } = await import('playwright-core');
  return chromium.launch({
    executablePath: path,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
