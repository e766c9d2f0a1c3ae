/** `.hutch/server.json`: where a running server is, for other tools and other terminals. */
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

/** Written beside and renamed, so that a reader sees the whole file or none. */
export async function writeState(root: string, state: ServerState): Promise<void> {
  const file = stateFile(root);
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(state, null, 2)}\n`);
  await rename(draft, file);
}

export async function removeState(root: string): Promise<void> {
  const state = await readStateFile(root);
  if (state?.pid === process.pid) await rm(stateFile(root), { force: true });
}

/** The running server of this project, or undefined where none runs (a file that a crash left behind counts as none). */
export async function runningServer(root: string): Promise<ServerState | undefined> {
  const state = await readStateFile(root);
  return state !== undefined && isAlive(state.pid) ? state : undefined;
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
