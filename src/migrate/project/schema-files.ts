import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { Glob } from 'bun';
import { HutchError } from '../../errors/index.ts';

const SCHEMA_FILE = /\.(ts|js|mjs|cjs|mts|cts|tsx|jsx)$/;

/**
 * Expands files, folders and globs, in a stable order. drizzle-kit reads them from where it is run, which is the config's folder or, for a config
 * that lies deeper (`drizzle-kit --config src/db/drizzle.config.ts`), the package's: that is the root then.
 */
export async function schemaFilesOf(
  folder: string,
  globs: readonly string[],
  lenient: boolean,
): Promise<{ readonly root: string; readonly files: readonly string[] }> {
  for (const root of [folder, packageAbove(folder)]) {
    const found = await Promise.all(globs.map((glob) => filesOf(root, glob)));
    if (found.flat().length > 0) return { root, files: [...new Set(found.flat())].sort() };
  }
  if (lenient || globs.length === 0) return { root: folder, files: [] };
  throw schemaMissing({ root: folder, schemaGlobs: globs });
}

interface Unfound {
  readonly root: string;
  readonly schemaGlobs: readonly string[];
}

/** The error that no schema file exists. */
export function schemaMissing({ root, schemaGlobs }: Unfound): HutchError {
  return new HutchError('migrate_schema_missing', {
    details: `No file matches schema: ${schemaGlobs.join(', ')} in ${root}.`,
    hint: schemaGlobs.some(isBuilt) ? 'It names a built file: build the package first.' : null,
  });
}

const isBuilt = (glob: string): boolean => /(^|\/)(dist|build|out|lib)\//.test(glob);

/** The nearest folder with a package.json, from here upwards. */
function packageAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json')) || dirname(folder) === folder) return folder;
  return packageAbove(dirname(folder));
}

async function filesOf(root: string, glob: string): Promise<readonly string[]> {
  const path = resolve(root, glob);
  const info = await stat(path).catch(() => undefined);
  if (info?.isFile()) return [path];
  const pattern = info?.isDirectory() ? join(path, '**/*') : path;
  const base = isAbsolute(glob) ? '/' : root;
  const relativePattern = relative(base, pattern).replaceAll('\\', '/');
  const files: string[] = [];
  // A pattern that climbs out of the root (`../db/**`) is walked from where its fixed part ends.
  const fixed = fixedPart(relativePattern);
  if (!existsSync(resolve(base, fixed))) return [];
  for await (const file of new Glob(relativePattern.slice(fixed.length)).scan({
    cwd: resolve(base, fixed),
    onlyFiles: true,
  })) {
    if (SCHEMA_FILE.test(file) && !file.endsWith('.d.ts')) files.push(resolve(base, fixed, file));
  }
  return files;
}

function fixedPart(pattern: string): string {
  const magic = pattern.search(/[*?[{!]/);
  const until = magic < 0 ? pattern.length : magic;
  return pattern.slice(0, pattern.lastIndexOf('/', until) + 1);
}
