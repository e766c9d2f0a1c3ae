import { expect, test } from 'bun:test';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPage } from '../build.ts';

/** Bytes of gzipped script. */
const ALL = 400_000;
const FIRST_VIEW = 60_000;

test('the page stays within its budget, and its first view within a small part of it', async () => {
  const root = await mkdtemp(join(tmpdir(), 'hutch-studio-'));
  try {
    const out = join(root, 'built');
    const { files, script, preload } = await buildPage(out);
    const gzipped = async (name: string) => Bun.gzipSync(await readFile(join(out, name)), { level: 9 }).byteLength;
    const sum = async (names: readonly string[]) =>
      (await Promise.all(names.map(gzipped))).reduce((total, size) => total + size, 0);
    expect(await sum(files.filter((name) => name.endsWith('.js')))).toBeLessThan(ALL);
    expect(await sum([script, ...preload])).toBeLessThan(FIRST_VIEW);
    expect(files.filter((name) => name.endsWith('.css'))).toHaveLength(1);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
