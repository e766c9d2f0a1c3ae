import { dirname, join } from 'node:path';

let compiled: Promise<WebAssembly.Module> | undefined;

/** PGlite's engine, compiled once for each process; Workers get it as it is. */
export function compiledEngine(): Promise<WebAssembly.Module> {
  compiled ??= compile();
  return compiled;
}

async function compile(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await Bun.file(join(engineFolder(), 'pglite.wasm')).arrayBuffer());
}

/** Where PGlite's own files are. */
export const engineFolder = (): string => dirname(Bun.resolveSync('@electric-sql/pglite', import.meta.dir));
