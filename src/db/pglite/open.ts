import { resolve } from 'node:path';
import { compiledEngine } from './compiled.ts';
import { checkFolder, hasDatabase } from './data-folder.ts';
import { EngineThread } from './engine-thread.ts';
import { WorkerLink } from './link.ts';
import { livingEngines } from './living.ts';
import type { EngineOptions } from './messages.ts';
import { type Ownership, ownFolder } from './owner.ts';
import { PgliteDriver } from './pglite-driver.ts';
import { type EngineEvents, type EngineLink, PglitePool } from './pool.ts';
import { Recall, serverVersion } from './recall.ts';
import { layTemplate, readTemplate } from './template.ts';
import { Upkeep } from './upkeep.ts';

export interface PgliteOptions {
  /** The data folder; made from the template where there is no database in it. Absent: a database in memory. */
  readonly dataDir?: string;
  /** Asked for a new folder: the archive that it starts from, instead of an empty database. */
  readonly template?: () => string | undefined;
  /** Commits survive a power cut, at the price of an fsync each. Default false: they survive a crash of the process only. */
  readonly fsync?: boolean;
  /** Milliseconds a statement may take where the caller gives no limit; 0: no limit. */
  readonly statementTimeout?: number;
  /** Milliseconds to wait for a turn. */
  readonly queueTimeout?: number;
  /** Contributed extensions to load, so that `CREATE EXTENSION` finds them: `pg_trgm`, `citext`, … */
  readonly extensions?: readonly string[];
  /**
   * Resolves before the engine answers, where the database is as a start before has left it; its `opened` tells when it does. Statements
   * wait meanwhile, but not those that `driver.asking()` knows the answers of.
   */
  readonly early?: boolean;
  /** Where the engine runs. In `main`, a statement stops everything else, and no limit can end it: for tests. */
  readonly thread?: 'worker' | 'main';
  /** Told of restarts and upkeep, a line each. */
  readonly log?: (message: string) => void;
}

export const DEFAULT_STATEMENT_TIMEOUT = 30_000;
export const DEFAULT_QUEUE_TIMEOUT = 30_000;

/**
 * Opens an embedded Postgres. A data folder that is open in this process already gives the same driver again (and its
 * options stay as they were); one that another process has open is a HutchError `database_owned`.
 */
export function openPglite(options: PgliteOptions = {}): Promise<PgliteDriver> {
  if (options.dataDir === undefined) return openMemory(options);
  const dataDir = resolve(options.dataDir);
  const living = livingEngines();
  const known = living.get(dataDir);
  if (known !== undefined) return known;
  const opening = openFolder(dataDir, options);
  living.set(dataDir, opening);
  opening.catch(() => living.delete(dataDir));
  return opening;
}

async function openMemory(options: PgliteOptions): Promise<PgliteDriver> {
  return open(options, { template: await readTemplate() }, 'empty: it was in memory only');
}

async function openFolder(dataDir: string, options: PgliteOptions): Promise<PgliteDriver> {
  checkFolder(dataDir);
  const ownership = ownFolder(dataDir);
  compiledEngine().catch(() => {}); // in other threads, while the folder is laid
  const thread = options.thread === 'main' ? undefined : new EngineThread();
  try {
    if (!hasDatabase(dataDir)) await lay(dataDir, options.template?.(), thread);
    const recall = options.early ? Recall.of(dataDir) : undefined;
    return await open(options, { dataDir }, 'with all that was committed', { ownership, recall, thread });
  } catch (error) {
    thread?.end();
    ownership.release();
    throw error;
  }
}

/** By the engine's own thread where it has one, which has nothing else to do yet. */
const lay = (dataDir: string, archive: string | undefined, thread: EngineThread | undefined): Promise<void> =>
  thread === undefined ? layTemplate(dataDir, archive) : thread.lay(dataDir, archive);

async function open(
  options: PgliteOptions,
  data: { readonly dataDir?: string; readonly template?: Uint8Array },
  afterRestart: string,
  folder: { readonly ownership?: Ownership; readonly recall?: Recall; readonly thread?: EngineThread } = {},
): Promise<PgliteDriver> {
  const { extensions = [], fsync = false, log = () => {}, thread = 'worker' } = options;
  const engine: EngineOptions = { ...data, fsync, extensions };
  const { ownership, recall } = folder;
  let first = folder.thread;
  const pool = new PglitePool({
    start: (events) => {
      const ready = first;
      first = undefined; // a restart has a thread of its own
      return startLink(thread, engine, events, ready);
    },
    queueTimeout: options.queueTimeout ?? DEFAULT_QUEUE_TIMEOUT,
    afterRestart,
    log,
    ...(recall && { last: (connection) => recall.refresh(connection) }),
  });
  const opened = pool.open();
  opened.catch(() => {}); // told to whoever awaits it
  return new PgliteDriver(pool, {
    version: recall?.version ?? (await opened.then(() => versionOf(pool))),
    statementTimeout: options.statementTimeout ?? DEFAULT_STATEMENT_TIMEOUT,
    opened,
    ownership,
    recall,
    closed: () => void (ownership && livingEngines().delete(ownership.dataDir)),
    upkeep: data.dataDir === undefined ? undefined : new Upkeep(pool, log),
  });
}

async function startLink(
  thread: 'worker' | 'main',
  options: EngineOptions,
  events: EngineEvents,
  ready: EngineThread | undefined,
): Promise<EngineLink> {
  if (thread === 'worker') return WorkerLink.open(options, compiledEngine(), events, ready);
  // PGlite's code, which is large, is the Worker's otherwise.
  const { LocalLink } = await import('./local-link.ts');
  const module = await compiledEngine();
  // An engine in this thread writes into its template's memory; the next one needs its own.
  return LocalLink.open({ ...options, module, template: options.template?.slice() }, events);
}

async function versionOf(pool: PglitePool): Promise<string> {
  const slot = await pool.acquire();
  try {
    return await serverVersion(slot.connection);
  } finally {
    slot.release();
  }
}
