import { objectsOf } from '../data/objects.ts';
import { API_ROLES, makeRoles } from '../data/roles/index.ts';
import { type Driver, openPglite } from '../db/index.ts';
import { didYouMean, HutchError } from '../errors/index.ts';
import { applyObjects, loadProject, loadSchema, readMigrations, readObjects, up } from '../migrate/index.ts';
import { openScratchDatabase } from './scratch-database.ts';

/** Whose migrations a test database has: the folder of a `drizzle.config.ts`, or none at all. */
export type ProjectFolder = string | false;

/** Opens an empty database; its `close` disposes of it. */
export type Open = () => Promise<Driver>;

/** What a test database starts from. */
export interface Origin {
  readonly project: ProjectFolder;
  readonly open: Open;
}

/**
 * Where the tests run: on a server where `TEST_DATABASE_URL` names one, otherwise in the process. `HUTCH_TEST_ENGINE` (`pglite` or
 * `postgres`) insists on either.
 *
 * @throws HutchError `test_database_misused` for an engine that is none, or a server that has no address
 */
export const openDefault: Open = async () => {
  const { TEST_DATABASE_URL: url, HUTCH_TEST_ENGINE: engine = url ? 'postgres' : 'pglite' } = process.env;
  if (engine === 'pglite') return openPglite();
  if (engine !== 'postgres') throw unknownEngine(engine);
  if (url) return openScratchDatabase(url);
  throw new HutchError('test_database_misused', {
    message: 'HUTCH_TEST_ENGINE asks for a server',
    hint: 'Set TEST_DATABASE_URL to one on which databases may be created.',
  });
};

const ENGINES = ['pglite', 'postgres'];

function unknownEngine(engine: string): HutchError {
  return new HutchError('test_database_misused', {
    message: `HUTCH_TEST_ENGINE is ${ENGINES.join(' or ')}`,
    details: `It is '${engine}'.`,
    hint: didYouMean(engine, ENGINES),
  });
}

/** A migrated database of one's own; `close` disposes of it. */
export async function openMigrated({ project, open }: Origin): Promise<Driver> {
  const driver = await open();
  try {
    if (project !== false) await migrate(driver, project);
    else if (await mayMakeRoles(driver)) await makeRoles(driver, [], API_ROLES);
    return driver;
  } catch (error) {
    await driver.close();
    throw error;
  }
}

async function migrate(driver: Driver, folder: string): Promise<void> {
  const project = await loadProject(folder);
  const { migrations } = await readMigrations(project);
  const texts = migrations.map((it) => it.sql);
  // As `hutch dev` has them. A server's user may not be allowed to make roles: then only those that somebody asks for.
  const all = await mayMakeRoles(driver);
  const named = API_ROLES.filter((role) => all || texts.some((sql) => sql.includes(role)));
  await makeRoles(driver, texts, named);
  const { failure } = await up(driver, migrations, { ledger: project.ledger });
  if (failure) throw new HutchError('test_database_misused', { message: 'A migration failed', cause: failure });
  const objects = [...objectsOf(await loadSchema(project)), ...(await readObjects(project))];
  await applyObjects(driver, objects, { ledger: project.ledger });
}

async function mayMakeRoles(driver: Driver): Promise<boolean> {
  const text = 'SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user';
  const { rows } = await driver.query({ text, prepare: false });
  return rows[0]?.[0] === 't';
}

interface Shared extends Origin {
  readonly driver: Promise<Driver>;
  users: number;
}

/** `globalThis` survives the module registry of isolated test files; the engines are the process's. */
const KEY = Symbol.for('hutch.testing.engines');
const holder: typeof globalThis & { [KEY]?: Shared[] } = globalThis;

const shared = (): Shared[] => {
  holder[KEY] ??= [];
  return holder[KEY];
};

const isFrom = (one: Origin, other: Origin): boolean => one.project === other.project && one.open === other.open;

/** The one engine in the process that all rolled-back tests of an origin share. */
export function borrowEngine(origin: Origin): Promise<Driver> {
  let engine = shared().find((it) => isFrom(it, origin));
  if (!engine) {
    engine = { ...origin, driver: openMigrated(origin), users: 0 };
    shared().push(engine);
  }
  engine.users++;
  return engine.driver;
}

/** An embedded engine stays for the next test file; a server's database is dropped with its last user. */
export async function returnEngine(origin: Origin): Promise<void> {
  const engine = shared().find((it) => isFrom(it, origin));
  if (!engine || --engine.users > 0) return;
  const driver = await engine.driver;
  if (driver.engine === 'pglite') return;
  shared().splice(shared().indexOf(engine), 1);
  await driver.close();
}
