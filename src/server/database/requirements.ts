import { readFile } from 'node:fs/promises';
import type { Config } from '../../config/index.ts';
import { type Driver, PgliteDriver } from '../../db/index.ts';
import { type Extensions, extensionsOf, withoutExtensions } from '../../migrate/files/extensions.ts';
import { type Migration, readMigrations } from '../../migrate/files/files.ts';
import type { LoadedProject } from '../project/loaded-project.ts';
import { dataFolder, openConfigured, type Told } from './database.ts';
import { rememberExtensions } from './extensions.ts';

/** What a project's files ask of the database before it can be brought up to them. */
export interface Requirements {
  /** Those to apply. For an embedded engine without what it lacks. */
  readonly migrations: readonly Migration[];
  readonly extensions: Extensions;
  /** The SQL of the migrations and the text of the schema files. */
  readonly text: string;
  readonly notices: readonly string[];
}

const NONE: Extensions = { load: [], create: [], missing: [] };

/** Reads them; the schema files alone where the migrations are left aside. */
export async function readRequirements(
  loaded: LoadedProject,
  embedded: boolean,
  aside: boolean,
): Promise<Requirements> {
  if (!loaded.project) return { migrations: [], extensions: NONE, text: '', notices: [] };
  const { migrations } = aside ? { migrations: [] } : await readMigrations(loaded.project);
  if (!embedded) return { migrations, extensions: NONE, text: '', notices: [] };
  const sources = await Promise.all(loaded.project.schemaFiles.map((file) => readFile(file, 'utf8')));
  const schemaText = sources.join('\n');
  const extensions = extensionsOf(migrations, schemaText);
  const served = withoutExtensions(migrations, extensions.missing);
  return {
    migrations: served.migrations,
    extensions,
    text: [...migrations.map((it) => it.sql), schemaText].join('\n'),
    notices: extensions.missing.map((name) =>
      lacks(
        name,
        served.skipped.filter((it) => it.extension === name).map((it) => it.at),
      ),
    ),
  };
}

function lacks(name: string, places: readonly string[]): string {
  const skipped = places.length === 0 ? '' : `; skipped its CREATE EXTENSION (${places.join(', ')})`;
  return `The embedded Postgres has no extension ${name}${skipped}. ${remedy(name)}`;
}

/** Where an extension that the embedded engine lacks can be had. */
export const remedy = (name: string): string => `To have ${name}, name a Postgres that has it in DATABASE_URL.`;

/** The database with the extensions loaded; it is opened anew where it was opened without, which is once in a project's life. */
export async function withExtensions(
  driver: Driver,
  requirements: Requirements,
  config: Config,
  log: Told,
): Promise<Driver> {
  if (!(driver instanceof PgliteDriver)) return driver;
  if (!rememberExtensions(dataFolder(config), requirements.extensions.load)) return driver;
  await driver.close();
  return openConfigured(config, log, true);
}
