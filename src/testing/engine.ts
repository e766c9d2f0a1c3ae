import { objectsOf } from '../data/objects.ts';
import { type Driver, openPglite } from '../db/index.ts';
import { HutchError } from '../errors/index.ts';
import { applyObjects, loadProject, loadSchema, readMigrations, readObjects, up } from '../migrate/index.ts';
import { openScratchDatabase } from './scratch-database.ts';

/** Whose migrations a test database has: the folder of a `drizzle.config.ts`, or none at all. */
export type ProjectFolder = string | false;

/** Where the tests run: on a server where `TEST_DATABASE_URL` names one, otherwise in the process. */
export const serverUrl = (): string | undefined => process.env.TEST_DATABASE_URL || undefined;

/** A migrated database of one's own; `close` disposes of it. */
export async function openMigrated(project: ProjectFolder): Promise<Driver> {
  const url = serverUrl();
  const driver = url ? await openScratchDatabase(url) : await openPglite();
  try {
    if (project !== false) await migrate(driver, project);
    return driver;
  } catch (error) {
    await driver.close();
    throw error;
  }
}

async function migrate(driver: Driver, folder: string): Promise<void> {
  const project = await loadProject(folder);
  const { list } = await readMigrations(project);
  const { failure } = await up(driver, list, { ledger: project.ledger });
  if (failure) throw new HutchError('test_database_misused', { message: 'A migration failed', cause: failure });
  const objects = [...objectsOf(await loadSchema(project)), ...(await readObjects(project))];
  await applyObjects(driver, objects, { ledger: project.ledger });
}

interface Shared {
  readonly driver: Promise<Driver>;
  users: number;
}

/** `globalThis` survives the module registry of isolated test files; the engines are the process's. */
const KEY = Symbol.for('hutch.testing.engines');
const holder: typeof globalThis & { [KEY]?: Map<ProjectFolder, Shared> } = globalThis;

/** The one engine in the process that all rolled-back tests of a project share. */
export function borrowEngine(project: ProjectFolder): Promise<Driver> {
  holder[KEY] ??= new Map();
  const shared = holder[KEY].get(project) ?? { driver: openMigrated(project), users: 0 };
  holder[KEY].set(project, shared);
  shared.users++;
  return shared.driver;
}

/** An embedded engine stays for the next test file; a server's database is dropped with its last user. */
export async function returnEngine(project: ProjectFolder): Promise<void> {
  const shared = holder[KEY]?.get(project);
  if (!shared || --shared.users > 0) return;
  const driver = await shared.driver;
  if (driver.engine === 'pglite') return;
  holder[KEY]?.delete(project);
  await driver.close();
}
