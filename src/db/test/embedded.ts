import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tryLock } from '../pglite/flock.ts';
import { openPostgres } from '../postgres/open.ts';
import { findBinaries, findIdentity } from './embedded-server.ts';

/** One embedded server for each user of this machine, shared by all test processes that run at the same time. */

const FOLDER = join(tmpdir(), `hutch-test-postgres-${process.getuid?.() ?? 'user'}`);
const SERVER_FILE = join(FOLDER, 'server.json');
const FAILED_FILE = join(FOLDER, 'failed');

const START_TIME = 60_000;
const LOOK_EVERY = 30;

/** Why no embedded server can run here, or undefined. */
export function whyNot(): string | undefined {
  for (const found of [findBinaries(), findIdentity()]) if ('missing' in found) return found.missing;
  return undefined;
}

let url: Promise<string> | undefined;

/** The URL of a running server; started where none runs. It is stopped once the last process that asked has ended. */
export function embeddedUrl(): Promise<string> {
  url ??= joinServer();
  return url;
}

async function joinServer(): Promise<string> {
  mkdirSync(FOLDER, { recursive: true });
  const starting = await locked(join(FOLDER, 'start.lock'));
  try {
    // Held until this process ends: closing it is left to the kernel.
    const using = openSync(join(FOLDER, 'users.lock'), 'a+');
    while (!tryLock(using, 'shared')) await Bun.sleep(LOOK_EVERY);
    const running = await runningUrl();
    if (running === undefined) return await start();
    supervise();
    return running;
  } finally {
    closeSync(starting);
  }
}

async function locked(path: string): Promise<number> {
  const descriptor = openSync(path, 'a+');
  while (!tryLock(descriptor, 'exclusive')) await Bun.sleep(LOOK_EVERY);
  return descriptor;
}

async function runningUrl(): Promise<string | undefined> {
  const address = readUrl();
  if (address === undefined) return undefined;
  try {
    const driver = await openPostgres({ url: address, poolSize: 1, connectTimeout: 2_000 });
    await driver.close();
    return address;
  } catch {
    return undefined;
  }
}

function readUrl(): string | undefined {
  try {
    return (JSON.parse(readFileSync(SERVER_FILE, 'utf8')) as { url: string }).url;
  } catch {
    return undefined;
  }
}

async function start(): Promise<string> {
  rmSync(SERVER_FILE, { force: true });
  rmSync(FAILED_FILE, { force: true });
  supervise();
  for (const deadline = Date.now() + START_TIME; Date.now() < deadline; await Bun.sleep(LOOK_EVERY)) {
    // It answers a moment after it has said where: after a crash it first recovers.
    const address = await runningUrl();
    if (address !== undefined) return address;
    if (existsSync(FAILED_FILE))
      throw new Error(`the embedded Postgres did not start: ${readFileSync(FAILED_FILE, 'utf8')}`);
  }
  throw new Error('the embedded Postgres did not start in time');
}

/**
 * Starts a supervisor; one too many ends at once. It goes through a shell that leaves it behind, because `bun test` kills the
 * processes that it has started itself, detached or not.
 */
function supervise(): void {
  const supervisor = join(import.meta.dir, 'embedded-supervisor.ts');
  const command = ['sh', '-c', '"$0" "$@" </dev/null >/dev/null 2>&1 &', process.execPath, supervisor, FOLDER];
  Bun.spawn(command, { stdio: ['ignore', 'ignore', 'ignore'], detached: true }).unref();
}
