import { resolve } from 'node:path';
import type { Server } from 'bun';
import type { Config } from '../config/index.ts';
import type { Driver } from '../db/index.ts';
import { HutchError } from '../errors/index.ts';
import { isLocalHost } from '../http/local-only.ts';
import type { Logger } from '../http/logger.ts';
import { type LiveCatalog, liveCatalog } from './catalog.ts';
import { dataFolder, isExternal, openDatabase } from './database.ts';
import { listen } from './listen.ts';
import { bringUp, type MigrationState, refusePending } from './migrations.ts';
import { type LoadedProject, openProject } from './schema.ts';
import { removeState, writeState } from './state-file.ts';

export type Mode = 'dev' | 'start';

export interface StartOptions {
  readonly config: Config;
  readonly mode: Mode;
  readonly log: Logger;
}

/** What every part of a running server shares. */
export interface Context extends StartOptions {
  readonly root: string;
  readonly driver: Driver;
  readonly loaded: LoadedProject;
  readonly catalog: LiveCatalog;
  readonly migrations: MigrationState;
}

/**
 * Opens the database and the project side by side, brings the one up to the other, and reads the catalog. What was opened is
 * closed again when a later step fails.
 */
export async function prepare(options: StartOptions): Promise<Context> {
  const { config, mode, log } = options;
  const root = resolve(config.project);
  const opening = openDatabase(config, log);
  const loading = openProject(root, mode === 'dev');
  const [opened, project] = await Promise.allSettled([opening, loading]);
  if (opened.status === 'rejected') throw opened.reason;
  const driver = opened.value;
  try {
    if (project.status === 'rejected') throw project.reason;
    const loaded = project.value;
    const migrations = await migrate(driver, loaded, options);
    const catalog = await liveCatalog(driver, loaded.schema, { schemas: ['public'], extraSearchPath: ['public'] });
    return { ...options, root, driver, loaded, catalog, migrations };
  } catch (error) {
    await driver.close({ graceMs: 0 });
    throw error;
  }
}

function migrate(driver: Driver, loaded: LoadedProject, { config, mode, log }: StartOptions): Promise<MigrationState> {
  const wanted = config.migrate ?? mode === 'dev';
  return wanted ? bringUp(driver, loaded, log) : refusePending(driver, loaded);
}
