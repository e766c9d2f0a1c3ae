import { existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tryLock } from '../pglite/flock.ts';
import { startServer } from './embedded-server.ts';

/**
 * Keeps a Postgres server running for as long as some test process uses it, also when that is killed: each holds a shared
 * lock, and once nobody does, the server is stopped. Started by `embedded.ts`, with its folder as argument. A server whose supervisor was
 * killed is taken over by the next.
 */

/** Milliseconds between looks at the lock, and for the process that started it to take its own. */
const LOOK_EVERY = 500;
const FIRST_USER_TIME = 15_000;
/** Milliseconds for the server to end. */
const STOP_TIME = 30_000;

const folder = process.argv[2];
if (folder === undefined) throw new Error('the folder is missing');
const serverFile = join(folder, 'server.json');

if (!tryLock(openSync(join(folder, 'supervisor.lock'), 'a+'), 'exclusive')) process.exit(0);

if (!existsSync(serverFile)) {
  const server = await startServer(folder).catch((error: unknown) => {
    writeFileSync(join(folder, 'failed'), error instanceof Error ? error.message : String(error));
    process.exit(1);
  });
  writeFileSync(serverFile, JSON.stringify({ url: server.url }));
}

const startedAt = Date.now();
const users = openSync(join(folder, 'users.lock'), 'a+');
setInterval(() => {
  if (Date.now() - startedAt < FIRST_USER_TIME || !tryLock(users, 'exclusive')) return;
  rmSync(serverFile, { force: true });
  stopServer(folder);
  process.exit(0);
}, LOOK_EVERY);

/** Returns once it has ended: whoever gets the lock may start the next one in the same folder, which has room for one. */
function stopServer(folder: string): void {
  const pidFile = join(folder, 'data', 'postmaster.pid');
  const [postmaster] = readFileSync(pidFile, 'utf8').split('\n');
  process.kill(Number(postmaster), 'SIGINT');
  for (let waited = 0; existsSync(pidFile) && waited < STOP_TIME; waited += 10) Bun.sleepSync(10);
}
