import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { didYouMean, HutchError } from '../../errors/index.ts';

/** PGlite's package holds Postgres's contributed extensions, one archive each, beside its code. */
const FOLDER = dirname(Bun.resolveSync('@electric-sql/pglite', import.meta.dir));
const ARCHIVE = '.tar.gz';

/** Extensions that have a package of their own. Not PostGIS: its package is of an older engine, in which nothing else can be loaded then. */
const PACKAGES: Readonly<Record<string, string>> = {
  vector: '@electric-sql/pglite-pgvector',
};

/** Names as `CREATE EXTENSION` has them, of what the embedded engine can load. */
export const availableExtensions = (): readonly string[] =>
  [
    ...readdirSync(FOLDER)
      .filter((name) => name.endsWith(ARCHIVE))
      .map((name) => name.slice(0, -ARCHIVE.length)),
    ...Object.keys(PACKAGES).filter((name) => packagedArchive(name) !== undefined),
  ].sort();

function packagedArchive(name: string): string | undefined {
  try {
    const path = join(dirname(Bun.resolveSync(PACKAGES[name] ?? '', import.meta.dir)), name + ARCHIVE);
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** Throws HutchError `config_invalid_value`, with the nearest right name, for a name that PGlite does not have. */
export function extensionUrls(names: readonly string[]): Record<string, URL> {
  if (names.length === 0) return {};
  const available = availableExtensions();
  const unknown = names.find((name) => !available.includes(name));
  if (unknown !== undefined) throw unknownExtension(unknown, available);
  return Object.fromEntries(names.map((name) => [name, pathToFileURL(archiveOf(name))]));
}

const archiveOf = (name: string): string =>
  (name in PACKAGES ? packagedArchive(name) : undefined) ?? join(FOLDER, name + ARCHIVE);

function unknownExtension(name: string, available: readonly string[]): HutchError {
  return new HutchError('config_invalid_value', {
    message: `The embedded Postgres has no extension "${name}"`,
    field: 'extensions',
    hint: didYouMean(name, available) ?? `It has ${available.join(', ')}.`,
  });
}
