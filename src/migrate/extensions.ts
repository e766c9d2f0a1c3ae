import { availableExtensions } from '../db/index.ts';
import type { Migration } from './files.ts';

const CREATE = /\bCREATE\s+EXTENSION\s+(?:IF\s+NOT\s+EXISTS\s+)?("[^"]+"|\w[\w-]*)/gi;

/** The extensions that migrations create: an embedded engine must load them when it opens. */
function extensionsOf(migrations: readonly Pick<Migration, 'sql'>[]): readonly string[] {
  const named = migrations.flatMap((it) =>
    [...it.sql.matchAll(CREATE)].map(([, name = '']) => name.replaceAll('"', '')),
  );
  return [...new Set(named)];
}

/** Those of them that the embedded engine has; a migration that needs another fails on it, and says so. */
export function embeddedExtensions(migrations: readonly Pick<Migration, 'sql'>[]): readonly string[] {
  const available = new Set(availableExtensions());
  return extensionsOf(migrations).filter((it) => available.has(it));
}
