import { readFile } from 'node:fs/promises';
import type { Driver } from '../../db/index.ts';

/**
 * Whether the database's server is a process of this machine, seen from here. An address of this machine does not say so: a tunnel behind
 * it leads anywhere. (A server in a container is a process of the container's; there it can't be told.)
 */
export async function runsHere(driver: Driver): Promise<boolean> {
  const text = 'SELECT pg_backend_pid(), current_database()';
  const [pid = '', database = ''] = (await driver.query({ text, prepare: false })).rows[0] ?? [];
  const title = await titleOf(String(pid));
  return title.startsWith('postgres: ') && title.includes(` ${database} `);
}

/** As Postgres names its processes: `postgres: user database 127.0.0.1(53412) SELECT`. */
async function titleOf(pid: string): Promise<string> {
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  if (Bun.which('ps') === null) return '';
  return Bun.spawnSync(['ps', '-o', 'command=', '-p', pid]).stdout.toString();
}
