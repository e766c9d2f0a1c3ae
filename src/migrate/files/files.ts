import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HutchError } from '../../errors/index.ts';
import type { Project } from '../project/project.ts';

/** One migration, as its files say. */
export interface Migration {
  /**
   * The name in the ledger: the folder's, `20260102030405_add_users`. A flat file of the 0.31 layout has the name of the folder
   * that `drizzle-kit up` would give it, so that moving to folders applies nothing twice.
   */
  readonly name: string;
  /** What people call it: the folder's name, or the flat file's tag (`0007_add_users`). */
  readonly label: string;
  /** Absolute path of the SQL file. */
  readonly path: string;
  readonly sql: string;
  /** SHA-256 of the SQL text, in hex, as Drizzle's migrators compute it. */
  readonly hash: string;
  /** Milliseconds since the epoch: the folder's time stamp, or the journal's `when`. */
  readonly createdAt: number;
  /** Absolute path where the way down lies, or would lie. */
  readonly downPath: string;
  readonly down: string | undefined;
  /** Absolute path of drizzle-kit's snapshot, where there is one. */
  readonly snapshotPath: string | undefined;
}

export type Layout = 'folders' | 'journal' | 'empty';

export interface History {
  readonly layout: Layout;
  /** In the order in which they apply. */
  readonly migrations: readonly Migration[];
}

/** Reads the migrations of both layouts. A missing folder is an empty history. */
export async function readMigrations(project: Pick<Project, 'out'>): Promise<History> {
  if (existsSync(join(project.out, 'meta', '_journal.json'))) return readJournal(project.out);
  if (!existsSync(project.out)) return { layout: 'empty', migrations: [] };
  const entries = await readdir(project.out, { withFileTypes: true });
  const folders = entries.filter((entry) => existsSync(join(project.out, entry.name, 'migration.sql')));
  // Drizzle's migrator sorts so; another order here would apply another order there.
  const names = folders.map((entry) => entry.name).sort((a, b) => a.localeCompare(b));
  const list = await Promise.all(names.map((name) => readFolder(project.out, name)));
  return { layout: list.length === 0 ? 'empty' : 'folders', migrations: list };
}

async function readFolder(out: string, name: string): Promise<Migration> {
  const folder = join(out, name);
  const snapshotPath = join(folder, 'snapshot.json');
  return migration({
    name,
    label: name,
    path: join(folder, 'migration.sql'),
    downPath: join(folder, 'down.sql'),
    snapshotPath: existsSync(snapshotPath) ? snapshotPath : undefined,
    createdAt: millisOf(name),
  });
}

async function migration(files: Omit<Migration, 'sql' | 'hash' | 'down'>): Promise<Migration> {
  const sql = await readFile(files.path, 'utf8');
  const down = existsSync(files.downPath) ? await readFile(files.downPath, 'utf8') : undefined;
  return { ...files, sql, hash: hashOf(sql), down };
}

/** What the ledger knows a migration by, beside its name. */
export const hashOf = (sql: string): string => new Bun.CryptoHasher('sha256').update(sql).digest('hex');

/** The UTC time a folder's name begins with, in milliseconds; 0 where it begins otherwise. */
function millisOf(name: string): number {
  const match = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})/.exec(name);
  if (!match) return 0;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** `YYYYMMDDHHMMSS` in UTC. */
export function timestampOf(millis: number): string {
  return new Date(millis).toISOString().replace(/\D/g, '').slice(0, 14);
}

interface JournalEntry {
  readonly idx: number;
  readonly when: number;
  readonly tag: string;
}

async function readJournal(out: string): Promise<History> {
  const entries = [...(await journalEntries(out))].sort((a, b) => a.idx - b.idx);
  return { layout: 'journal', migrations: await Promise.all(entries.map((entry) => readFlat(out, entry))) };
}

async function readFlat(out: string, entry: JournalEntry): Promise<Migration> {
  const [index = '', ...rest] = entry.tag.split('_');
  const path = join(out, `${entry.tag}.sql`);
  const snapshotPath = join(out, 'meta', `${index}_snapshot.json`);
  if (!existsSync(path)) {
    throw new HutchError('migrate_files_broken', {
      details: `meta/_journal.json names ${entry.tag}, but ${path} does not exist.`,
      hint: 'Restore the file from git, or take its entry out of the journal. Or leave the migrations aside: hutch dev --push',
    });
  }
  return migration({
    name: `${timestampOf(entry.when)}_${rest.join('_')}`,
    label: entry.tag,
    path,
    downPath: join(out, `${entry.tag}.down.sql`),
    snapshotPath: existsSync(snapshotPath) ? snapshotPath : undefined,
    createdAt: entry.when,
  });
}

async function journalEntries(out: string): Promise<readonly JournalEntry[]> {
  const path = join(out, 'meta', '_journal.json');
  try {
    const journal: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof journal === 'object' && journal !== null && 'entries' in journal && Array.isArray(journal.entries)) {
      if (journal.entries.every(isJournalEntry)) return journal.entries;
    }
    throw new Error('it has no list of entries with idx, when and tag');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HutchError('migrate_files_broken', { details: `${path}: ${reason}.`, cause });
  }
}

function isJournalEntry(entry: unknown): entry is JournalEntry {
  if (typeof entry !== 'object' || entry === null) return false;
  if (!('idx' in entry && 'when' in entry && 'tag' in entry)) return false;
  return typeof entry.idx === 'number' && typeof entry.when === 'number' && typeof entry.tag === 'string';
}

const REPLACES = /^--[ \t]*replaces:[ \t]*(\S+)[ \t]*$/gim;

/** Names of the migrations that a baseline stands for; none for any other file. */
export const replacedBy = (migration: Migration): readonly string[] =>
  [...migration.sql.matchAll(REPLACES)].map(([, name = '']) => name);
