import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readTar } from './tar.ts';

/**
 * A freshly initialised data folder as an archive, so that a start never runs `initdb`. `scripts/build-template.ts` builds it
 * from the pinned PGlite: WAL in 1 MB segments, and no database but `postgres`.
 */
export const TEMPLATE_PATH = join(import.meta.dir, 'template.tar.zst');

let unpacked: Uint8Array | undefined;

/** The template as an uncompressed tar archive; unpacked once for each process. */
export async function readTemplate(): Promise<Uint8Array> {
  unpacked ??= await unpack(TEMPLATE_PATH);
  return unpacked;
}

async function unpack(path: string): Promise<Uint8Array> {
  // Not the Buffer itself: a slice of that would be a view, and engines write to theirs.
  return new Uint8Array(await Bun.zstdDecompress(await Bun.file(path).bytes()));
}

/**
 * Lays the template into a folder that has no database yet. It is unpacked beside it and moved into place, so that a start
 * that was killed half-way leaves no half database behind. `path`: another template than the empty database.
 */
export async function layTemplate(dataDir: string, path = TEMPLATE_PATH): Promise<void> {
  const archive = await unpack(path);
  await mkdir(dirname(dataDir), { recursive: true });
  const beside = await mkdtemp(`${dataDir}.new-`);
  try {
    for (const entry of readTar(archive)) {
      const path = join(beside, entry.name);
      // A thousand small files: waiting for each in turn takes ten times as long as writing them.
      if (entry.folder) mkdirSync(path, { recursive: true, mode: 0o700 });
      else writeFileSync(path, entry.bytes, { mode: 0o600 });
    }
    // Takes the place of an empty folder, never of one with something in it.
    await rename(beside, dataDir);
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    throw error;
  }
}
