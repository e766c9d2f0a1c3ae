/**
 * Builds the demo's head start (`drizzle/head-start.tar.zst`): starts `hutch dev` on a new data folder without one, stops it, and packs the
 * folder. Run it after a change of migrations, objects, schema or seed: `bun scripts/build-head-start.ts`. A test says when it is stale.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, zstdCompressSync } from 'node:zlib';
import { writeTar } from '../src/db/pglite/tar.ts';
import { headStartFiles, sourcesChecksum } from '../src/server/database/head-start.ts';
import { entriesOf, settle } from './data-folder.ts';

const root = join(import.meta.dir, '..');

/** What decides the demo's database. */
const SOURCES = ['drizzle.config.ts', 'drizzle', 'src/app/schema', 'src/app/seed.ts', 'src/app/seed'];

async function startAndStop(dataDir: string): Promise<void> {
  const child = Bun.spawn([process.execPath, join(root, 'src/cli/main.ts'), 'dev', '--no-reload'], {
    cwd: root,
    env: { ...process.env, PORT: '0', HUTCH_PG_PORT: '0', HUTCH_DRIZZLE_STUDIO: 'off', HUTCH_DATA_DIR: dataDir },
    stdout: 'pipe',
    stderr: 'inherit',
  });
  for await (const _ of child.stdout) break; // it is ready
  child.kill('SIGTERM');
  if ((await child.exited) !== 0) throw new Error('hutch dev failed');
}

const scratch = mkdtempSync(join(tmpdir(), 'hutch-head-start-'));
const dataDir = join(scratch, 'pgdata');
try {
  for (const file of Object.values(headStartFiles)) rmSync(join(root, file), { force: true });
  await startAndStop(dataDir);
  await settle(dataDir);
  await startAndStop(dataDir); // what a start asks is kept for this state of the folder
  const archive = writeTar(await Array.fromAsync(entriesOf(dataDir)));
  const packed = zstdCompressSync(archive, { params: { [constants.ZSTD_c_compressionLevel]: 19 } });
  writeFileSync(join(root, headStartFiles.archive), packed);
  const about = { sources: SOURCES, checksum: sourcesChecksum(root, SOURCES) };
  writeFileSync(join(root, headStartFiles.about), `${JSON.stringify(about, null, 2)}\n`);
  console.log(`${headStartFiles.archive}: ${packed.length} bytes, ${archive.length} unpacked`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
