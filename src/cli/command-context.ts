import { resolve } from 'node:path';
import type { Config } from '../config/index.ts';
import { objectsOf } from '../data/objects.ts';
import type { Driver } from '../db/index.ts';
import { isLocalServer } from '../db/postgres/ssl.ts';
import { createLogger } from '../http/logger.ts';
import { emptyProject, findConfig, loadSchema, type Project, readObjects } from '../migrate/index.ts';
import { isExternal, type Told } from '../server/database/database.ts';
import { prepareGround } from '../server/database/migrations.ts';
import { readRequirements, withExtensions } from '../server/database/requirements.ts';
import { readProject } from '../server/project/open-project.ts';
import { attach } from '../server/serving/attach.ts';
import { checkFolder, type Need } from './folder.ts';
import type { MigrateContext } from './migrate/command.ts';
import { runsHere } from './migrate/runs-here.ts';
import { interruptible } from './signals.ts';
import { terminal } from './terminal.ts';

/** Runs a command with the project and its database, which is opened when the command first asks and closed when it is done. */
export async function withContext<T>(
  config: Config,
  need: Need,
  work: (context: MigrateContext) => Promise<T>,
): Promise<T> {
  checkFolder(config, need);
  const log = await createLogger({ level: config.logLevel, pretty: process.stderr.isTTY === true });
  const root = resolve(config.project);
  const project = findConfig(root) === undefined ? emptyProject(root) : await readProject(root);
  let driver: Promise<Driver> | undefined;
  const open = () => {
    driver ??= attach(config, log).then((opened) => grounded(opened, project, config, log));
    return driver;
  };
  const isHere = async () => !isExternal(config) || runsHere(await open());
  const context = { project, driver: open, objects: () => objectsFor(project), isHere, terminal, ...placeOf(config) };
  try {
    return await interruptible(
      () => work(context),
      async () => (await driver)?.close({ graceMs: 0 }),
    );
  } finally {
    await (await driver)?.close();
  }
}

/** The embedded database has what migrations take for granted, whether `hutch dev` or a command sees it first. */
async function grounded(opened: Driver, project: Project, config: Config, log: Told): Promise<Driver> {
  if (opened.engine !== 'pglite') return opened;
  let driver = opened;
  try {
    const requirements = await readRequirements({ root: project.root, project, schema: {} }, true, false);
    driver = await withExtensions(opened, requirements, config, log);
    await prepareGround(driver, requirements);
    return driver;
  } catch (error) {
    await driver.close();
    throw error;
  }
}

/** Those derived from the schema, then the project's own. */
async function objectsFor(project: Project) {
  return [...objectsOf(await loadSchema(project)), ...(await readObjects(project))];
}

function placeOf(config: Config) {
  const url = config.databaseUrl;
  const host = url === undefined ? config.pgHost : decodeURIComponent(new URL(url).hostname);
  return {
    production: process.env.NODE_ENV === 'production' || (host !== undefined && !isLocalServer(host)),
    databaseUrl: url,
  };
}
