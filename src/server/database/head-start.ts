/**
 * A project's database as it is after its migrations and its seed, as an archive beside the migrations: a fresh clone starts from it as fast
 * as from a database that is there. It is used only while everything that it was made from is what it was; and whatever a start checks and
 * brings up, it checks and brings up then too. `scripts/build-head-start.ts` makes it.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ARCHIVE = 'drizzle/head-start.tar.zst';
const ABOUT = 'drizzle/head-start.json';

export interface HeadStart {
  /** Files and folders that decide what is in it, from the project's root. */
  readonly sources: readonly string[];
  readonly checksum: string;
}

export const headStartFiles = { archive: ARCHIVE, about: ABOUT } as const;

/** The archive of a project whose sources are those that it was made from. */
export function headStart(root: string): string | undefined {
  const archive = join(root, ARCHIVE);
  if (!existsSync(archive)) return undefined;
  try {
    const { sources, checksum }: HeadStart = JSON.parse(readFileSync(join(root, ABOUT), 'utf8'));
    return sourcesChecksum(root, sources) === checksum ? archive : undefined;
  } catch {
    return undefined; // a source is gone, or half of it was checked out
  }
}

/** Of the sources' names and contents, folders with all that is in them */
export function sourcesChecksum(root: string, sources: readonly string[]): string {
  const hash = new Bun.CryptoHasher('sha256');
  for (const file of sources.flatMap((source) => filesOf(root, source))) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

function filesOf(root: string, path: string): readonly string[] {
  if (path === ARCHIVE || path === ABOUT) return [];
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => filesOf(root, `${path}/${name}`));
}
