import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { qualified } from '../../db/quoting.ts';
import { didYouMean, HutchError, moduleError } from '../../errors/index.ts';
import { type Casing, casingOf, drizzleVersion, isOlderLine } from './drizzle-line.ts';
import { schemaFilesOf } from './schema-files.ts';

/** Where the ledger of applied migrations lies; Drizzle's own place unless the config names another. */
export interface LedgerName {
  readonly schema: string;
  readonly table: string;
}

export const DRIZZLE_LEDGER: LedgerName = Object.freeze({ schema: 'drizzle', table: '__drizzle_migrations' });

export const tableOf = (ledger: LedgerName): string => qualified(ledger.schema, ledger.table);

/** A Drizzle project, as its `drizzle.config` says. All paths are absolute. */
export interface Project {
  readonly root: string;
  readonly configPath: string;
  /** The `schema` setting as it was written. */
  readonly schemaGlobs: readonly string[];
  /** The schema files that exist now; none where `lenient` was asked for and none does. */
  readonly schemaFiles: readonly string[];
  /** The folder of migrations. */
  readonly out: string;
  /** Postgres schemas that belong to the project; empty: all that the Drizzle schema names. */
  readonly schemaFilter: readonly string[];
  readonly tablesFilter: readonly string[];
  readonly ledger: LedgerName;
  /** How drizzle-orm before 1.0 names columns that have no name; undefined: like their properties. */
  readonly casing: Casing | undefined;
  /** The folder of repeatable SQL objects. */
  readonly objectsDir: string;
}

const CONFIG_NAMES = ['ts', 'js', 'mjs', 'cjs', 'mts', 'cts', 'json'].map((ending) => `drizzle.config.${ending}`);

/** The path of a folder's `drizzle.config`, or undefined. */
export function findConfig(dir: string): string | undefined {
  return CONFIG_NAMES.map((name) => join(dir, name)).find((path) => existsSync(path));
}

export interface ProjectOptions {
  /** The config's path, from the folder; else it is looked for. */
  readonly config?: string;
  /** Schema files that do not exist are no error: migrations may do without. */
  readonly lenient?: boolean;
}

/**
 * Reads a project from its `drizzle.config.{ts,js,mjs,json}`. The config is imported into this process: for a foreign
 * project, which may throw or exit, call `probeProject` first.
 * @throws HutchError `migrate_config_missing`, `migrate_config_invalid`, `migrate_schema_missing`
 */
export async function loadProject(dir: string, options: ProjectOptions = {}): Promise<Project> {
  const configPath = options.config ? resolve(dir, options.config) : findConfig(dir);
  if (!configPath || !existsSync(configPath)) {
    throw new HutchError('migrate_config_missing', {
      details: `Looked for ${CONFIG_NAMES.join(', ')} in ${resolve(dir)}.`,
    });
  }
  return projectOf(configPath, await importConfig(configPath), options);
}

async function importConfig(path: string): Promise<unknown> {
  try {
    if (path.endsWith('.json')) return await Bun.file(path).json();
    const module: { default?: unknown } = await import(pathToFileURL(path).href);
    return module.default ?? module;
  } catch (cause) {
    const details = `It could not be loaded: ${moduleError(cause, path)}`;
    throw new HutchError('migrate_config_invalid', { details, field: path, cause });
  }
}

const invalid = (path: string, details: string): HutchError =>
  new HutchError('migrate_config_invalid', { details: `${path}: ${details}`, field: path });

/** Checks a config's content and finds the files it names. */
async function projectOf(configPath: string, config: unknown, options: ProjectOptions): Promise<Project> {
  if (typeof config !== 'object' || config === null)
    throw invalid(configPath, 'It has no default export of a config object.');
  const settings = new Map<string, unknown>(Object.entries(config));
  checkDialect(configPath, settings.get('dialect'));
  checkCasing(configPath, settings);
  const schemaGlobs = strings(settings.get('schema'));
  const { root, files } = await schemaFilesOf(dirname(configPath), schemaGlobs, options.lenient === true);
  const out = resolve(root, asString(settings.get('out')) ?? 'drizzle');
  return Object.freeze({
    root,
    configPath,
    schemaGlobs,
    schemaFiles: files,
    out,
    schemaFilter: strings(settings.get('schemaFilter')),
    tablesFilter: strings(settings.get('tablesFilter')),
    ledger: ledgerOf(settings.get('migrations')),
    casing: casingOf(settings.get('casing')),
    objectsDir: join(out, 'objects'),
  });
}

function checkDialect(path: string, dialect: unknown): void {
  if (dialect === 'postgresql') return;
  if (dialect === undefined) throw invalid(path, "It names no dialect; Hutch serves dialect: 'postgresql'.");
  const hint = didYouMean(String(dialect), ['postgresql']);
  const told = `dialect is '${String(dialect)}'; Hutch serves 'postgresql' only.`;
  throw invalid(path, hint === null ? told : `${told} ${hint}`);
}

/** drizzle-orm 1.0 ignores the setting silently, so columns would be named otherwise than the config says; the lines before it obey. */
function checkCasing(path: string, settings: ReadonlyMap<string, unknown>): void {
  if (settings.get('casing') === undefined || isOlderLine(drizzleVersion(dirname(path)))) return;
  throw new HutchError('migrate_config_invalid', {
    details: `${path} sets casing, which drizzle-orm 1.0 ignores.`,
    hint: "Take it out and declare tables with snakeCase.table(…) from 'drizzle-orm/pg-core', or name the columns.",
    field: 'casing',
  });
}

function ledgerOf(setting: unknown): LedgerName {
  if (typeof setting !== 'object' || setting === null) return DRIZZLE_LEDGER;
  const schema = 'schema' in setting ? asString(setting.schema) : undefined;
  const table = 'table' in setting ? asString(setting.table) : undefined;
  return { schema: schema ?? DRIZZLE_LEDGER.schema, table: table ?? DRIZZLE_LEDGER.table };
}

const asString = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

function strings(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** The project that a folder without a `drizzle.config` would be, for commands that make one of it. */
export function emptyProject(root: string): Project {
  const out = resolve(root, 'drizzle');
  return Object.freeze({
    root: resolve(root),
    configPath: resolve(root, 'drizzle.config.ts'),
    schemaGlobs: [],
    schemaFiles: [],
    out,
    schemaFilter: [],
    tablesFilter: [],
    ledger: DRIZZLE_LEDGER,
    casing: undefined,
    objectsDir: join(out, 'objects'),
  });
}
