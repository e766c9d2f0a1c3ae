import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DatabaseError, type Driver, type Transaction } from '../../db/driver.ts';
import { drizzleOver } from '../../db/drizzle/drizzle.ts';
import { identifier, literal, qualified } from '../../db/quoting.ts';
import { HutchError, moduleError } from '../../errors/index.ts';
import { placeOf } from '../files/statements.ts';
import type { LedgerName, Project } from '../project/project.ts';
import { loadSchema, type Schema } from '../project/schema.ts';

/** What a TypeScript seed's default export is called with. Everything it writes through `db` or `tx` is one transaction. */
export interface SeedContext {
  /** Drizzle over the transaction: for queries, and for `seed` and `reset` of drizzle-seed. */
  readonly db: ReturnType<typeof drizzleOver>;
  readonly tx: Transaction;
  readonly schema: Schema;
}

export type Seed = (context: SeedContext) => Promise<void> | void;

export interface SeedOptions {
  /** Run also where it has run already in this form. */
  readonly again?: boolean;
  /** Instead of the project's own: a path from its root. */
  readonly file?: string;
}

export interface Seeded {
  /** From the project's root. */
  readonly file: string;
  readonly ran: boolean;
  readonly tookMs: number;
}

/** Where a project's seed may lie. */
const SEED_FILES = [
  'drizzle/seed.ts',
  'drizzle/seed.sql',
  'seed.ts',
  'seed.sql',
  'src/seed.ts',
  'src/db/seed.ts',
  'src/app/seed.ts',
  'db/seed.ts',
];

export function findSeed(project: Pick<Project, 'root'>, file?: string): string | undefined {
  const candidates = file === undefined ? SEED_FILES : [file];
  return candidates.map((it) => resolve(project.root, it)).find((it) => existsSync(it));
}

/**
 * Runs the project's seed, once for each form of its text, in one transaction with the record that it ran: half a seed never stays.
 * @returns undefined where the project has none
 * @throws HutchError `migrate_seed_failed`
 */
export async function seed(driver: Driver, project: Project, options: SeedOptions = {}): Promise<Seeded | undefined> {
  const started = performance.now();
  const path = findSeed(project, options.file);
  if (path === undefined) {
    if (options.file === undefined) return undefined;
    throw failed(options.file, 'There is no such file.');
  }
  const file = relative(project.root, path);
  const text = await readFile(path, 'utf8');
  const checksum = createHash('sha256').update(text).digest('hex');
  const run = await seeder(project, path, text);
  const ran = await driver.transaction(
    async (tx) => {
      if (!(await claim(tx, project.ledger, file, checksum)) && options.again !== true) return false;
      await run(tx);
      return true;
    },
    { timeout: SEED_LIMIT_MS },
  );
  return { file, ran, tookMs: performance.now() - started };
}

/** Large seeds take their time. */
const SEED_LIMIT_MS = 3_600_000;

const seedsTable = (ledger: LedgerName): string => qualified(ledger.schema, '__hutch_seeds');

/** Writes down that the seed has run in this form; false where it had. The row's lock keeps a second seeder waiting. */
async function claim(tx: Transaction, ledger: LedgerName, file: string, checksum: string): Promise<boolean> {
  await tx.script(`CREATE SCHEMA IF NOT EXISTS ${identifier(ledger.schema)};
CREATE TABLE IF NOT EXISTS ${seedsTable(ledger)} (file text PRIMARY KEY, checksum text NOT NULL, at timestamp with time zone NOT NULL DEFAULT now())`);
  const text = `INSERT INTO ${seedsTable(ledger)} (file, checksum) VALUES (${literal(file)}, ${literal(checksum)})
ON CONFLICT (file) DO UPDATE SET checksum = excluded.checksum, at = now() WHERE __hutch_seeds.checksum <> excluded.checksum
RETURNING file`;
  return (await tx.query({ text, prepare: false })).rows.length > 0;
}

async function seeder(project: Project, path: string, text: string): Promise<(tx: Transaction) => Promise<void>> {
  if (path.endsWith('.sql')) return (tx) => runSql(tx, path, text);
  const module: { default?: unknown; seed?: unknown } = await import(pathToFileURL(path).href).catch(
    (cause: unknown) => {
      throw seedFailed(moduleError(cause, path), path, cause);
    },
  );
  const run = module.default ?? module.seed;
  if (typeof run !== 'function')
    throw failed(path, 'It has no default export of a function: export default async ({ db }) => { … }');
  const schema = await loadSchema(project);
  return async (tx) => {
    try {
      await run({ db: drizzleOver(tx), tx, schema });
    } catch (cause) {
      throw failed(path, reasonOf(cause), cause);
    }
  };
}

async function runSql(tx: Transaction, path: string, text: string): Promise<void> {
  try {
    await tx.script(text);
  } catch (cause) {
    if (!(cause instanceof DatabaseError)) throw cause;
    const { position } = cause.fields;
    const place = position === undefined ? undefined : placeOf(text, position - 1);
    throw failed(place ? `${path}:${place.line}:${place.column}` : path, cause.message, cause);
  }
}

/** Drizzle wraps what Postgres said; the innermost cause says it. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error ? reasonOf(cause.cause) : cause.message;
}

const failed = (path: string, reason: string, cause?: unknown): HutchError =>
  seedFailed(`${path}: ${reason}`, path, cause);

const seedFailed = (details: string, path: string, cause: unknown): HutchError =>
  new HutchError('migrate_seed_failed', { details, hint: 'Nothing of it was kept.', field: path, cause });
