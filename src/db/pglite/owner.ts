import { closeSync, constants, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { HutchError } from '../../errors/index.ts';
import { tryLock } from './flock.ts';

/** Who holds a data folder, as far as it has said. */
export interface Owner {
  readonly pid: number;
  readonly startedAt: string;
  /** Where its HTTP server and its Postgres port are. */
  readonly http?: string;
  readonly postgres?: string;
}

/** The right to open a data folder. The kernel takes it back when the process ends, in whatever way. */
export interface Ownership {
  readonly dataDir: string;
  /** Tells others where the owner can be reached. */
  announce(where: { readonly http?: string; readonly postgres?: string }): void;
  release(): void;
}

/** The lock lies beside the folder, which may not exist yet. */
const lockPath = (dataDir: string): string => `${resolve(dataDir)}.lock`;

/**
 * Takes a data folder for this process: two processes on one folder would lose each other's commits. A lock file left by a process
 * that has died counts for nothing. Throws HutchError `database_owned`, which names the owner.
 */
export function ownFolder(dataDir: string): Ownership {
  const path = lockPath(dataDir);
  mkdirSync(dirname(path), { recursive: true });
  const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  if (!tryLock(descriptor, 'exclusive')) {
    closeSync(descriptor);
    throw ownedBy(dataDir, readOwnerFile(path));
  }
  return new HeldFolder(resolve(dataDir), descriptor);
}

/** The living owner of a data folder, or undefined where nobody has it open. */
export function ownerOf(dataDir: string): Owner | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(lockPath(dataDir), constants.O_RDWR);
  } catch {
    return undefined;
  }
  try {
    return tryLock(descriptor, 'exclusive') ? undefined : readOwnerFile(lockPath(dataDir));
  } finally {
    closeSync(descriptor);
  }
}

class HeldFolder implements Ownership {
  private owner: Owner = { pid: process.pid, startedAt: new Date().toISOString() };
  private held = true;

  constructor(
    readonly dataDir: string,
    private readonly descriptor: number,
  ) {
    this.write(JSON.stringify(this.owner));
  }

  announce(where: { readonly http?: string; readonly postgres?: string }): void {
    if (!this.held) return;
    this.owner = { ...this.owner, ...where };
    this.write(JSON.stringify(this.owner));
  }

  release(): void {
    if (!this.held) return;
    this.write('');
    this.held = false;
    closeSync(this.descriptor);
  }

  /** The file itself stays: were it deleted, a third process could lock a new file while a second holds the old one. */
  private write(text: string): void {
    ftruncateSync(this.descriptor, 0);
    writeSync(this.descriptor, text, 0);
  }
}

function readOwnerFile(path: string): Owner | undefined {
  try {
    const owner: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isOwner(owner) ? owner : undefined;
  } catch {
    return undefined;
  }
}

const isOwner = (value: unknown): value is Owner =>
  typeof value === 'object' && value !== null && 'pid' in value && typeof value.pid === 'number';

function ownedBy(dataDir: string, owner: Owner | undefined): HutchError {
  const who = owner === undefined ? 'another process' : `process ${owner.pid}`;
  const at = owner?.http === undefined ? '' : `, which serves ${owner.http}`;
  const hint =
    owner?.postgres === undefined ? 'Stop it first.' : `Connect to it at ${owner.postgres}, or stop it first.`;
  return new HutchError('database_owned', { details: `${resolve(dataDir)} is open in ${who}${at}.`, hint });
}
