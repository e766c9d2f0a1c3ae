import { constants } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { didYouMean, HutchError } from '../../errors/index.ts';
import type { PgliteDriver } from '../pglite/pglite-driver.ts';

export interface Snapshot {
  readonly name: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** The `server_version` that can open it. */
  readonly version: string;
  readonly bytes: number;
}

const NAME = /^[A-Za-z0-9][\w.-]{0,99}$/;
const DATA = 'data';
const ABOUT = 'snapshot.json';

/**
 * Snapshots of an embedded database: copies of its data folder, made while nothing runs on it. On a file system with reflinks
 * (btrfs, XFS, APFS) a copy takes no space and no time until it is changed.
 */
export class SnapshotStore {
  /** `folder`: where the snapshots are, usually `.hutch/snapshots`, on the same disk as the data. */
  constructor(private readonly folder: string) {}

  /** By age, the newest first. */
  async list(): Promise<readonly Snapshot[]> {
    const names = await readdir(this.folder).catch(() => []);
    const found = await Promise.all(names.filter((name) => NAME.test(name)).map((name) => this.read(name)));
    return found.filter((snapshot) => snapshot !== undefined).sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  }

  /** Saves the database as it is. Requests wait for as long as the copy takes. Throws HutchError `snapshot_…`. */
  async save(driver: PgliteDriver, name: string, options: { readonly replace?: boolean } = {}): Promise<Snapshot> {
    this.check(name);
    if ((await this.read(name)) !== undefined && !options.replace)
      throw new HutchError('snapshot_exists', { details: name });
    const dataDir = dataDirOf(driver);
    const draft = join(this.folder, `.${name}.${process.pid}`);
    await mkdir(draft, { recursive: true });
    try {
      await driver.script('CHECKPOINT'); // most of the writing, while others still get their turns
      const lease = await driver.lease({ owner: this });
      try {
        await copyFolder(dataDir, join(draft, DATA));
      } finally {
        await lease.release({ clean: true });
      }
      const snapshot = await describeFolder(name, driver.version, join(draft, DATA));
      await writeFile(join(draft, ABOUT), JSON.stringify(snapshot));
      await replaceFolder(draft, this.path(name));
      return snapshot;
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      throw error;
    }
  }

  /**
   * Puts the database back to a snapshot, while it is open: its engine is shut, given the other files, and started again. What was
   * there is lost unless it was saved. Clients with temporary tables are ended; the rest only wait.
   */
  async restore(driver: PgliteDriver, name: string): Promise<Snapshot> {
    const snapshot = await this.get(name);
    if (major(snapshot.version) !== major(driver.version)) {
      const details = `It is of ${snapshot.version}, this is ${driver.version}.`;
      throw new HutchError('snapshot_version', { details });
    }
    const dataDir = dataDirOf(driver);
    const draft = `${dataDir}.restore-${process.pid}`;
    const old = oldOf(dataDir);
    try {
      await copyFolder(this.dataOf(name), draft);
      await driver.reopen(() => swapFolder(draft, dataDir, old));
    } finally {
      // The engine runs again by now: nobody waits for it.
      for (const left of [draft, old]) await rm(left, { recursive: true, force: true });
    }
    return snapshot;
  }

  async remove(name: string): Promise<void> {
    await this.get(name);
    await rm(this.path(name), { recursive: true, force: true });
  }

  /** Throws HutchError `snapshot_missing`, with the nearest name that there is. */
  async get(name: string): Promise<Snapshot> {
    this.check(name);
    const snapshot = await this.read(name);
    if (snapshot !== undefined) return snapshot;
    const names = (await this.list()).map((known) => known.name);
    throw new HutchError('snapshot_missing', { details: name, hint: didYouMean(name, names) });
  }

  /** A copy of a snapshot's data folder that may be opened and changed; the caller removes it. */
  async copyTo(name: string, folder: string): Promise<void> {
    await this.get(name);
    await copyFolder(this.dataOf(name), folder);
  }

  private check(name: string): void {
    if (!NAME.test(name)) {
      const details = `"${name}" is none: a name of its own, beside the others; not a path.`;
      throw new HutchError('snapshot_name_invalid', { details });
    }
  }

  private path(name: string): string {
    return join(this.folder, name);
  }

  private dataOf(name: string): string {
    return join(this.path(name), DATA);
  }

  private async read(name: string): Promise<Snapshot | undefined> {
    try {
      const about: unknown = JSON.parse(await readFile(join(this.path(name), ABOUT), 'utf8'));
      return isSnapshot(about) ? { ...about, name } : undefined;
    } catch {
      return undefined; // no snapshot, or one whose making was cut short
    }
  }
}

const major = (version: string): string => version.split('.')[0] ?? '';

function dataDirOf(driver: PgliteDriver): string {
  const dataDir = driver.ownership?.dataDir;
  if (dataDir === undefined) throw new HutchError('snapshot_failed', { details: 'This database is in memory only.' });
  return dataDir;
}

/** With reflinks where the file system has them. Links to files in use would change with them, so they are no way. */
async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to, { recursive: true, mode: constants.COPYFILE_FICLONE, preserveTimestamps: true });
}

async function replaceFolder(draft: string, folder: string): Promise<void> {
  const old = oldOf(folder);
  await swapFolder(draft, folder, old);
  await rm(old, { recursive: true, force: true });
}

const oldOf = (folder: string): string => `${folder}.old-${process.pid}`;

/** Two renames: a crash between them leaves the old folder beside, under a telling name. */
async function swapFolder(draft: string, folder: string, old: string): Promise<void> {
  const had = await rename(folder, old).then(
    () => true,
    () => false,
  );
  try {
    await rename(draft, folder);
  } catch (error) {
    if (had) await rename(old, folder);
    throw error;
  }
}

async function describeFolder(name: string, version: string, folder: string): Promise<Snapshot> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    files.filter((file) => file.isFile()).map(async (file) => (await stat(join(file.parentPath, file.name))).size),
  );
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return { name, createdAt: new Date().toISOString(), version, bytes };
}

const isSnapshot = (value: unknown): value is Snapshot =>
  typeof value === 'object' &&
  value !== null &&
  'createdAt' in value &&
  typeof value.createdAt === 'string' &&
  'version' in value &&
  typeof value.version === 'string' &&
  'bytes' in value &&
  typeof value.bytes === 'number';
