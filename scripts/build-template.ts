import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, zstdCompressSync } from 'node:zlib';
import { PGlite } from '@electric-sql/pglite';
import { type TarEntry, writeTar } from '../src/db/pglite/tar.ts';
import { TEMPLATE_PATH } from '../src/db/pglite/template.ts';

/**
 * Builds the template archive that every new data folder starts from (`src/db/pglite/template.tar.zst`). Run it after an
 * update of PGlite: `bun scripts/build-template.ts`.
 */

/** Files that a running server makes anew. */
const LEFT_OUT = new Set(['postmaster.pid', 'postmaster.opts']);
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

/** A second start and a clean stop leave WAL with nothing to replay; segments beyond the last checkpoint are only spare. */
async function settle(dataDir: string): Promise<void> {
  const pg = await PGlite.create({ dataDir });
  await pg.exec('CHECKPOINT');
  const { rows } = await pg.query<{ name: string }>('SELECT pg_walfile_name(pg_current_wal_lsn()) AS name');
  await pg.close();
  const current = rows[0]?.name ?? '';
  for (const name of await readdir(join(dataDir, 'pg_wal'))) {
    if (/^[0-9A-F]{24}$/.test(name) && name !== current) await rm(join(dataDir, 'pg_wal', name));
  }
}

async function* entriesOf(folder: string, prefix = ''): AsyncGenerator<TarEntry> {
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name);
    const inside = prefix + name;
    if (LEFT_OUT.has(inside)) continue;
    if ((await stat(path)).isDirectory()) {
      yield { name: inside, folder: true, bytes: new Uint8Array() };
      yield* entriesOf(path, `${inside}/`);
    } else {
      yield { name: inside, folder: false, bytes: await readFile(path) };
    }
  }
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
