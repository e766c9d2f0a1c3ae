import { resolve } from 'node:path';
import type { Config } from '../../config/index.ts';
import type { PgrstConfig } from '../../config/pgrst.ts';
import { type Driver, PgliteDriver } from '../../db/index.ts';
import type { Logger } from '../../http/logger.ts';
import type { Project } from '../../migrate/index.ts';
import { type LiveCatalog, liveCatalog } from '../database/catalog.ts';
import { readPgrst } from '../database/database-settings.ts';
import { bringUp, type MigrationState, refusePending, tellPending } from '../database/migrations.ts';
import { type Requirements, readRequirements, withExtensions } from '../database/requirements.ts';
import type { LoadedProject } from '../project/loaded-project.ts';
import { openProject } from '../project/open-project.ts';
import { schemasOf } from '../project/schema-tables.ts';

/** `dev` opens what helps whoever builds; `start` opens what it is told to. */
export type Mode = 'dev' | 'start';

export interface PrepareOptions {
  readonly config: Config;
  readonly mode: Mode;
  readonly log: Logger;
  /** The database, which may still be on its way. */
  readonly opening: Promise<Driver>;
}

/** What every part of a running server shares. */
export interface Context extends Omit<PrepareOptions, 'opening'> {
  readonly root: string;
  readonly driver: Driver;
  readonly pgrst: PgrstConfig;
  readonly loaded: LoadedProject;
  readonly catalog: LiveCatalog;
  readonly migrations: MigrationState;
  /** This start filled the new database. */
  readonly seeded: boolean;
}

/**
 * Loads the project while the database is being opened, brings the one up to the other, and reads the catalog. What was opened is
 * closed again when a later step fails.
 */
export async function prepare(options: PrepareOptions): Promise<Context> {
  const { config, mode, opening } = options;
  const root = resolve(config.project);
  const [opened, project] = await Promise.allSettled([opening, openProject(root, mode === 'dev')]);
  if (opened.status === 'rejected') throw opened.reason;
  let driver = opened.value;
  try {
    if (project.status === 'rejected') throw project.reason;
    const requirements = await readRequirements(
      project.value,
      driver.engine === 'pglite',
      mode === 'dev' && config.push,
    );
    driver = await withExtensions(driver, requirements, config, options.log);
    return await readied(options, root, driver, project.value, requirements);
  } catch (error) {
    await driver.close({ graceMs: 0 });
    throw error;
  }
}

async function readied(
  options: PrepareOptions,
  root: string,
  driver: Driver,
  loaded: LoadedProject,
  requirements: Requirements,
): Promise<Context> {
  const asking = driver instanceof PgliteDriver ? driver.asking() : driver;
  const migrations = await migrate(asking, loaded, requirements, options);
  // A foreign project's seed connects by itself, and may end the process.
  const wanted = options.mode === 'dev' && options.config.seed && migrations.fresh && !loaded.foreign;
  const seeded = wanted && loaded.project !== undefined && (await seed(driver, loaded.project));
  const pgrst = await readSettings({ driver: asking, loaded, mode: options.mode });
  const catalog = await liveCatalog(driver, loaded.schema, pgrst, asking);
  const { config, mode, log } = options;
  return { config, mode, log, root, driver, pgrst, loaded, catalog, migrations, seeded };
}

/** Whether there was anything to fill the new database with. */
async function seed(driver: Driver, project: Project): Promise<boolean> {
  const { seed } = await import('../../migrate/apply/seed.ts');
  return (await seed(driver, project))?.ran === true;
}

/** PostgREST's settings as they stand now. @throws HutchError `config_invalid_value` */
export async function readSettings({
  driver,
  loaded,
  mode,
}: Pick<Context, 'driver' | 'loaded' | 'mode'>): Promise<PgrstConfig> {
  return exposing(await readPgrst(driver, process.env), loaded, mode);
}

/** A foreign project has not said which schemas to serve, so development serves those that its tables are in. */
function exposing(pgrst: PgrstConfig, { foreign, schema }: LoadedProject, mode: Mode): PgrstConfig {
  if (!foreign || mode !== 'dev' || pgrst.schemas.join() !== 'public') return pgrst;
  return { ...pgrst, schemas: [...new Set(['public', ...schemasOf(schema)])] };
}

function migrate(
  driver: Driver,
  loaded: LoadedProject,
  requirements: Requirements,
  { config, mode, log }: PrepareOptions,
): Promise<MigrationState> {
  // A foreign project's .env may name a database that others use: development serves it as it is.
  const shared = loaded.foreign === true && driver.engine !== 'pglite';
  const wanted = config.migrate ?? (mode === 'dev' && !shared);
  if (wanted) return bringUp(driver, loaded, requirements, log);
  return mode === 'dev' && shared
    ? tellPending(driver, loaded, requirements)
    : refusePending(driver, loaded, requirements);
}
