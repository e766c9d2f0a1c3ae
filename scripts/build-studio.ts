/** Builds the studio's page into `dist/studio`, for the package, and says what a browser has to load. Run by `prepack`. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildPage } from '../src/studio/build.ts';

/** Bytes of gzipped script that the whole page may have, and its first view. */
const LIMIT = 400_000;

const out = join(import.meta.dir, '../dist/studio');
rmSync(out, { recursive: true, force: true });
const { files, script, preload } = await buildPage(out);
const gzipped = (name: string) => Bun.gzipSync(readFileSync(join(out, name)), { level: 9 }).byteLength;
const scripts = files.filter((name) => name.endsWith('.js'));
const total = scripts.reduce((sum, name) => sum + gzipped(name), 0);
const first = [script, ...preload].reduce((sum, name) => sum + gzipped(name), 0);
process.stdout.write(`studio: ${total} bytes of gzipped script, ${first} of them for the first view\n`);
if (total > LIMIT) {
  process.stderr.write(`more than ${LIMIT}\n`);
  process.exit(1);
}
