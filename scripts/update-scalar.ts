/**
 * Fetches Scalar's browser build from the npm registry and stores it compressed in `src/rest/docs-page/asset`. The package itself
 * is no dependency: it brings 150 MB of others along, which its one browser file already contains.
 *
 *     bun scripts/update-scalar.ts 1.72.1
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const asset = new URL('../src/rest/docs-page/asset/', import.meta.url).pathname;

async function update(version: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'scalar-'));
  try {
    await Bun.write(join(folder, 'package.json'), '{}');
    await Bun.$`bun add --exact --ignore-scripts @scalar/api-reference@${version}`.cwd(folder).quiet();
    const root = join(folder, 'node_modules/@scalar/api-reference');
    const script = await Bun.file(join(root, 'dist/browser/standalone.js')).bytes();
    await Bun.write(join(asset, 'scalar.js.br'), compress(script));
    await Bun.write(
      join(asset, 'scalar.json'),
      `${JSON.stringify({ package: '@scalar/api-reference', version }, null, 2)}\n`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const compress = (bytes: Uint8Array): Uint8Array =>
  brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });

const [version] = process.argv.slice(2);
if (version === undefined) {
  console.error('Usage: bun scripts/update-scalar.ts <version>');
  process.exit(2);
}
await update(version);
