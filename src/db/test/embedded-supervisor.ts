import { openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tryLock } from '../flock.ts';
import { startServer } from './embedded-server.ts';

/**
 * Keeps a Postgres server running for as long as some test process uses it, also when that is killed: each holds a shared
 * lock, and once nobody does, the server is stopped. Started by `embedded.ts`, detached, with its folder as argument.
 */

/** Milliseconds between looks at the lock, and for the process that started it to take its own. */
const LOOK_EVERY = 500;
const FIRST_USER_TIME = 15_000;

const folder = process.argv[2];
if (folder === undefined) throw new Error('the folder is missing');

const server = await startServer(folder).catch((error: unknown) => {
  writeFileSync(join(folder, 'failed'), error instanceof Error ? error.message : String(error));
  process.exit(1);
});
writeFileSync(join(folder, 'server.json'), JSON.stringify({ url: server.url, socket: server.socketFolder }));

const startedAt = Date.now();
const users = openSync(join(folder, 'users.lock'), 'a+');
const look = setInterval(async () => {
  if (Date.now() - startedAt < FIRST_USER_TIME || !tryLock(users, 'exclusive')) return;
  clearInterval(look);
  rmSync(join(folder, 'server.json'), { force: true });
  await server.stop();
  process.exit(0);
}, LOOK_EVERY);
