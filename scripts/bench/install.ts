/**
 * Servers that are no dependencies of ours, installed when they are measured: into a cache outside of the repository, with exact versions and
 * without running their install scripts. `HUTCH_BENCH_CACHE` names another folder than the system's for temporary files.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const cache = process.env.HUTCH_BENCH_CACHE ?? join(tmpdir(), 'hutch-bench-peers');

/** The folder whose `node_modules` has the packages. @throws Error that says what to do by hand */
export async function installed(packages: readonly string[]): Promise<string> {
  const folder = join(cache, packages.join('+').replaceAll(/[^\w.+-]/g, '_'));
  const done = join(folder, 'installed');
  if (existsSync(done)) return folder;
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, 'package.json'))) writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const command = ['add', '--exact', '--ignore-scripts', '--cwd', folder, ...packages];
  const child = Bun.spawn([process.execPath, ...command], { stdout: 'ignore', stderr: 'pipe' });
  const [said, code] = await Promise.all([child.stderr.text(), child.exited]);
  if (code !== 0)
    throw new Error(
      `not installed: ${said.trim().split('\n').at(-1)}. By hand: bun ${command.join(' ')}; touch ${done}`,
    );
  writeFileSync(done, '');
  return folder;
}
