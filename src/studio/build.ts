import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HutchError } from '../errors/index.ts';

/** The page's source. */
export const pageFolder = join(import.meta.dir, 'page');

/** What a build made: file names by their part. */
export interface Manifest {
  readonly script: string;
  readonly style: string;
  /** Chunks that the entry loads at once. */
  readonly preload: readonly string[];
  readonly files: readonly string[];
}

/** Names the state of the source: the same source, the same fingerprint. */
export function fingerprint(folder = pageFolder): string {
  const hash = createHash('sha256').update(Bun.version);
  const files = [...new Bun.Glob('**/*.{ts,tsx,css,json}').scanSync({ cwd: folder })].toSorted();
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(folder, file)));
  for (const lock of ['bun.lock', 'package.json']) {
    const path = join(import.meta.dir, '../..', lock);
    if (existsSync(path)) hash.update(readFileSync(path));
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * Builds the page into a folder: minified, split where the page imports lazily, names with hashes. The folder appears whole or not
 * at all. @throws HutchError `studio_unavailable` with what the bundler said
 */
export async function buildPage(out: string): Promise<Manifest> {
  const built = await Bun.build({
    entrypoints: [join(pageFolder, 'main.tsx')],
    target: 'browser',
    format: 'esm',
    minify: true,
    splitting: true,
    sourcemap: 'none',
    naming: { entry: '[name]-[hash].[ext]', chunk: '[name]-[hash].[ext]', asset: '[name]-[hash].[ext]' },
    define: { 'process.env.NODE_ENV': '"production"' },
    throw: false,
  });
  if (!built.success) throw buildFailed(built.logs);
  const draft = `${out}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  const files = await Promise.all(
    built.outputs.map(async (output) => {
      const name = output.path.replace(/^.*\//, '');
      await writeFile(join(draft, name), new Uint8Array(await output.arrayBuffer()));
      return { name, kind: output.kind };
    }),
  );
  const named = (test: (file: { name: string; kind: string }) => boolean) => files.find(test)?.name ?? '';
  const script = named(({ kind }) => kind === 'entry-point');
  const text = await readFile(join(draft, script), 'utf8');
  const manifest: Manifest = {
    script,
    style: named(({ name }) => name.endsWith('.css')),
    preload: [...text.matchAll(/\bfrom\s*"\.\/([^"]+)"|\bimport\s*"\.\/([^"]+)"/g)].map(([, a, b]) => a ?? b ?? ''),
    files: files.map(({ name }) => name),
  };
  await writeFile(join(draft, 'manifest.json'), JSON.stringify(manifest));
  await rename(draft, out).catch(() => rm(draft, { recursive: true, force: true })); // another process was first
  return manifest;
}

function buildFailed(logs: readonly { readonly message: string }[]): HutchError {
  return new HutchError('studio_unavailable', {
    message: "The studio's page could not be built",
    details: logs.map(({ message }) => message).join('\n'),
  });
}
