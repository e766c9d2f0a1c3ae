/** What the scripts that pack data folders share. */
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { TarEntry } from '../src/db/pglite/tar.ts';

/** Files that a running server makes anew. */
const LEFT_OUT = new Set(['postmaster.pid', 'postmaster.opts']);

/** A second start and a clean stop leave WAL with nothing to replay; segments beyond the last checkpoint are only spare. */
export async function settle(dataDir: string): Promise<void> {
  const pg = await PGlite.create({ dataDir });
  await pg.exec('CHECKPOINT');
  const { rows } = await pg.query<{ name: string }>('SELECT pg_walfile_name(pg_current_wal_lsn()) AS name');
  await pg.close();
  const current = rows[0]?.name ?? '';
  for (const name of await readdir(join(dataDir, 'pg_wal'))) {
    if (/^[0-9A-F]{24}$/.test(name) && name !== current) await rm(join(dataDir, 'pg_wal', name));
  }
}

export async function* entriesOf(folder: string, prefix = ''): AsyncGenerator<TarEntry> {
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
