/** Installs the dependencies from the lockfile where they are missing or older than it, so that a fresh clone just starts. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dir, '..');
const stamp = join(root, 'node_modules', '.hutch-lock');

/** Whether it had to install. Costs one file read and a hash when there is nothing to do. */
export function ensureInstalled(): boolean {
  const lock = Bun.hash(readFileSync(join(root, 'bun.lock'))).toString(36);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return false;
  process.stderr.write('Installing from bun.lock …\n');
  const install = Bun.spawnSync([process.execPath, 'install', '--frozen-lockfile'], {
    cwd: root,
    stdout: 'ignore',
    stderr: 'inherit',
  });
  if (install.exitCode !== 0) process.exit(install.exitCode);
  writeFileSync(stamp, lock);
  return true;
}
