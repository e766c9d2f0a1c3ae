import { resolve } from 'node:path';
import { Hono } from 'hono';
import { objectsOf } from '../../data/objects.ts';
import { drizzleOver } from '../../db/drizzle/drizzle.ts';
import type { Driver } from '../../db/index.ts';
import { freshDatabase, type TestEngine } from '../../db/test/engines.ts';
import { applyObjects, loadProject, loadSchema, readMigrations, readObjects, up } from '../../migrate/index.ts';
import { projectRoutes } from '../../server/application/project-routes.ts';
import routes from '../routes.ts';
import { fillHelpDesk } from '../seed/help-desk.ts';

const ROOT = resolve(import.meta.dir, '../../..');

/** The demo as `hutch dev` lays it on an empty database. */
export async function openDemo(engine: TestEngine) {
  const driver = await freshDatabase(engine);
  const applied = await bringUp(driver);
  const seeded = await driver.transaction(fillHelpDesk);
  const app = await projectRoutes(new Hono().route('/', routes), {
    driver,
    auth: ({ headers }) => {
      const role = headers.get('role') ?? 'anon';
      return { role, claims: headers.get('claims') ?? '', authenticated: role !== 'anon' };
    },
  });
  // Hono's own handler prints the error.
  app.onError((_, c) => c.text('failed', 500));
  return { driver, db: drizzleOver(driver), applied, seeded, app, [Symbol.asyncDispose]: () => driver.close() };
}

/** Migrations, then objects. */
export async function bringUp(driver: Driver) {
  const project = await loadProject(ROOT);
  const { migrations } = await readMigrations(project);
  const result = await up(driver, migrations);
  if (result.failure) throw new Error(`${result.failure.name}: ${result.failure.message}`);
  const objects = await applyObjects(driver, [
    ...objectsOf(await loadSchema(project)),
    ...(await readObjects(project)),
  ]);
  return { migrations: result.applied, ...objects };
}
