/** Source changes while `dev` runs: the project's modules are forgotten and imported anew; the database stays open. */
import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { moduleError } from '../../errors/index.ts';

/** Editors write a file in several steps; changes within this many milliseconds are one. */
const SETTLE = 40;

/** Modules. Not JSON, which applications write themselves. */
const loaders: Record<string, 'ts' | 'tsx' | 'js' | 'jsx'> = {
  '.ts': 'ts',
  '.tsx': 'tsx',
  '.js': 'js',
  '.jsx': 'jsx',
  '.mts': 'ts',
  '.mjs': 'js',
  '.cts': 'ts',
  '.cjs': 'js',
};
const ignored = new Set(['node_modules', '.git', '.hutch', 'dist']);

/**
 * Calls `changed` with the source files that changed, after they settled, one call at a time. Returns the way to stop.
 */
export function watchSources(root: string, changed: (files: readonly string[]) => Promise<void>): () => void {
  const pending = new Set<string>();
  let timer: Timer | undefined;
  let running: Promise<void> = Promise.resolve();
  const flush = () => {
    const files = [...pending];
    pending.clear();
    running = running.then(() => changed(files));
  };
  const watcher: FSWatcher = watch(root, { recursive: true }, (_, name) => {
    if (name === null || !isSource(name)) return;
    pending.add(join(root, name));
    clearTimeout(timer);
    timer = setTimeout(flush, SETTLE);
  });
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}

const isSource = (name: string): boolean =>
  extname(name) in loaders && !name.split(sep).some((part) => ignored.has(part) || part.startsWith('.'));

/**
 * What keeps these files from being imported: the first syntax error, with its place, or undefined. Asked before an import, because a
 * module that failed to parse stays failed for the life of the process.
 */
export async function syntaxError(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => undefined); // deleted meanwhile
    if (text === undefined) continue;
    try {
      new Bun.Transpiler({ loader: loaders[extname(file)] ?? 'ts' }).transformSync(text);
    } catch (error) {
      return moduleError(error, file);
    }
  }
  return undefined;
}

/**
 * Forgets modules, so that the next import reads them anew. Bun keeps ES modules in `require.cache` too, but one that failed
 * while it ran is kept without being listed there: so every file that was ever seen is forgotten by name.
 */
export class ModuleMemory {
  private readonly seen = new Set<string>();

  constructor(
    private readonly root: string,
    /** Modules that stay. */
    private readonly keep: (file: string) => boolean,
  ) {}

  forget(changed: readonly string[]): void {
    for (const file of [...Object.keys(require.cache), ...changed]) if (this.isOurs(file)) this.seen.add(file);
    for (const file of this.seen) delete require.cache[file];
  }

  private isOurs(file: string): boolean {
    return file.startsWith(this.root + sep) && !file.includes(`${sep}node_modules${sep}`) && !this.keep(file);
  }
}
