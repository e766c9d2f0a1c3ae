/** `.hutch/server.json`: where a running server is, for other tools and other terminals. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface ServerState {
  readonly pid: number;
  /** `http://127.0.0.1:3000` */
  readonly http: string;
  /** `postgres://…`: the Postgres port, or null where none is open. */
  readonly postgres: string | null;
  /** Our studio, and Drizzle Studio's page on our door; null where they are not served. */
  readonly studio: string | null;
  readonly drizzleStudio: string | null;
  /** ISO 8601. */
  readonly startedAt: string;
}

export const stateFile = (root: string): string => join(root, '.hutch', 'server.json');

/** Makes `.hutch`, which says itself that it is nobody's to commit: keys and data are in it. */
export async function makeStateFolder(root: string): Promise<void> {
  const ignored = join(root, '.hutch', '.gitignore');
  await mkdir(dirname(ignored), { recursive: true });
  if (!existsSync(ignored)) await writeFile(ignored, '*\n');
}

/** Written beside and renamed, so that a reader sees the whole file or none. */
export async function writeState(root: string, state: ServerState): Promise<void> {
  const file = stateFile(root);
  await makeStateFolder(root);
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(state, null, 2)}\n`);
  await rename(draft, file);
}

export async function removeState(root: string): Promise<void> {
  const state = await readStateFile(root);
  if (state?.pid === process.pid) await rm(stateFile(root), { force: true });
}

/**
 * The running server of this project, or undefined where none runs. A file that a crash left behind counts as none, also where another
 * process has the number by now.
 */
export async function runningServer(root: string): Promise<ServerState | undefined> {
  const state = await readStateFile(root);
  return state !== undefined && isAlive(state.pid) && (await isListening(state.http)) ? state : undefined;
}

/** Whether the server of this state is gone, process and all. It stops listening a while before. */
export async function hasEnded(root: string, { pid }: ServerState): Promise<boolean> {
  return !isAlive(pid) || (await readStateFile(root))?.pid !== pid;
}

/** Milliseconds until a machine's own port has answered, busy or not. */
const NEARBY = 1_000;

async function isListening(http: string): Promise<boolean> {
  if (!URL.canParse(http)) return false;
  const { connect } = await import('node:net'); // a start asks for no socket, and sockets take long to load
  const { hostname, port } = new URL(http);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80), timeout: NEARBY });
  socket.once('connect', () => resolve(true));
  for (const event of ['error', 'timeout'] as const) socket.once(event, () => resolve(false));
  return promise.finally(() => socket.destroy());
}

async function readStateFile(root: string): Promise<ServerState | undefined> {
  try {
    const state: unknown = JSON.parse(await readFile(stateFile(root), 'utf8'));
    return isState(state) ? state : undefined;
  } catch {
    return undefined; // no file, or not ours
  }
}

function isState(value: unknown): value is ServerState {
  return (
    typeof value === 'object' && value !== null && 'pid' in value && typeof value.pid === 'number' && 'http' in value
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'; // somebody else's, but alive
  }
}
