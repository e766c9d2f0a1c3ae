import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** How a project before drizzle-orm 1.0 has its columns named that have no name of their own. */
export type Casing = 'snake_case' | 'camelCase';

/**
 * The version of drizzle-orm that a project's files import, `0.45.1`; undefined where it has none installed. (Of its own or, in a monorepo,
 * of a folder above.)
 */
export function drizzleVersion(root: string): string | undefined {
  try {
    return versionIn(dirname(Bun.resolveSync('drizzle-orm', root)));
  } catch {
    return undefined;
  }
}

function versionIn(folder: string): string | undefined {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (typeof manifest !== 'object' || manifest === null || !('version' in manifest)) return undefined;
  return typeof manifest.version === 'string' ? manifest.version : undefined;
}

/** Whether a version is of the line before 1.0, which names columns by the `casing` setting. */
export const isOlderLine = (version: string | undefined): boolean => version?.startsWith('0.') === true;

/** The casing that a setting means, or undefined. */
export const casingOf = (setting: unknown): Casing | undefined =>
  setting === 'snake_case' || setting === 'camelCase' ? setting : undefined;

/** `createdAt` → `created_at`, with the words that drizzle-orm 0.36 to 0.45 see. */
export function cased(key: string, casing: Casing): string {
  const words = key.replace(/['’]/g, '').match(/[\da-z]+|[A-Z]+(?![a-z])|[A-Z][\da-z]+/g) ?? [];
  if (casing === 'snake_case') return words.map((it) => it.toLowerCase()).join('_');
  return words.map((it, index) => (index === 0 ? it.toLowerCase() : it.charAt(0).toUpperCase() + it.slice(1))).join('');
}
