/** The extensions that the embedded engine loads: they have to be known before it opens, and only the project can tell. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const file = (dataDir: string): string => join(dirname(dataDir), 'extensions.json');

/** Those that the project needed the last time. */
export function rememberedExtensions(dataDir: string): readonly string[] {
  try {
    const names: unknown = JSON.parse(readFileSync(file(dataDir), 'utf8'));
    return Array.isArray(names) ? names.filter((it): it is string => typeof it === 'string') : [];
  } catch {
    return [];
  }
}

/** Keeps them for the next start. Whether they are more than the last time: what is open has to be opened anew then. */
export function rememberExtensions(dataDir: string, names: readonly string[]): boolean {
  const known = rememberedExtensions(dataDir);
  if (names.every((it) => known.includes(it))) return false;
  mkdirSync(dirname(dataDir), { recursive: true });
  writeFileSync(file(dataDir), JSON.stringify([...new Set([...known, ...names])].sort()));
  return true;
}
