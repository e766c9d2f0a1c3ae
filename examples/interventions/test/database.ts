import { join } from 'node:path';
import { Hono } from 'hono';
import { type Driver, drizzleOver, type ProjectEnv, requestTransaction } from 'hutch';
import { type TestDatabaseSettings, testDatabase } from 'hutch/testing';
import routes from '../src/routes.ts';
import { relations } from '../src/schema/relations.ts';
import seed from '../src/seed.ts';

/** A migrated and seeded database for each test: embedded, or on the server of `TEST_DATABASE_URL`. */
export function interventionsDatabase(settings: TestDatabaseSettings = {}) {
  const { driver } = testDatabase({
    project: join(import.meta.dir, '..'),
    setup: (empty) => empty.transaction((tx) => seed({ tx, db: drizzleOver(tx), schema: {} })),
    ...settings,
  });
  return { driver, db: drizzleOver(driver, { relations }), app: appOn(driver) };
}

/** Of the seed, by their Cognito `sub`. */
export const people = { ana: 'sub-ana', ben: 'sub-ben', administrator: 'sub-cleo', teacher: 'sub-dan' };

/** The routes as `hutch` serves them; the header `sub` stands for a token. */
function appOn(driver: Driver) {
  const db = drizzleOver(driver, { relations });
  const app = new Hono<ProjectEnv<typeof relations>>()
    .use(async (c, next) => {
      c.set('actor', actor(c.req.header('sub')));
      c.set('db', db);
      await next();
    }, requestTransaction(db))
    .route('/', routes);
  // `hutch` answers with the error's code; Hono's own handler would print it.
  return app.onError((_, c) => c.json({ error: 'INTERNAL' }, 500));
}

export function actor(sub: string | undefined) {
  const role = sub === undefined ? 'anon' : 'authenticated';
  return { role, settings: { 'request.jwt.claims': JSON.stringify({ role, sub }) } };
}

export const by = (sub: string, method = 'GET', body?: unknown): RequestInit => ({
  method,
  headers: { sub },
  ...(body !== undefined && { body: JSON.stringify(body) }),
});
