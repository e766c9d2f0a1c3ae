import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, zstdCompressSync } from 'node:zlib';
import { PGlite } from '@electric-sql/pglite';
import { writeTar } from '../src/db/pglite/tar.ts';
import { TEMPLATE_PATH } from '../src/db/pglite/template.ts';
import { entriesOf, settle } from './data-folder.ts';

/**
 * Builds the template archive that every new data folder starts from (`src/db/pglite/template.tar.zst`). Run it after an
 * update of PGlite: `bun scripts/build-template.ts`.
 */

const COMPRESSION_LEVEL = 19;

/** initdb, then without the databases that only CREATE DATABASE needs (which the embedded engine does not have). */
async function initialise(dataDir: string): Promise<void> {
  const pg = await PGlite.create({ dataDir, initDbStartParams: ['--wal-segsize=1'] });
  await pg.exec(`
    ALTER DATABASE template0 IS_TEMPLATE false; ALTER DATABASE template1 IS_TEMPLATE false;
  `);
  await pg.exec('DROP DATABASE template0');
  await pg.exec('DROP DATABASE template1');
  await pg.exec('VACUUM (FREEZE, ANALYZE)');
  await pg.exec('CHECKPOINT');
  await pg.close();
}

const dataDir = await mkdtemp(join(tmpdir(), 'hutch-template-'));
try {
  await initialise(dataDir);
  await settle(dataDir);
  const archive = writeTar(await Array.fromAsync(entriesOf(dataDir)));
  const packed = zstdCompressSync(archive, { params: { [constants.ZSTD_c_compressionLevel]: COMPRESSION_LEVEL } });
  await writeFile(TEMPLATE_PATH, packed);
  console.log(`${TEMPLATE_PATH}: ${packed.length} bytes, ${archive.length} unpacked`);
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
