import { join } from 'node:path';
import { Hono } from 'hono';
import { type Driver, drizzleOver, type ProjectEnv, requestTransaction } from 'hutch';
import { type TestDatabaseSettings, testDatabase } from 'hutch/testing';
import routes from '../src/routes.ts';
import { relations } from '../src/schema.ts';
import seed from '../src/seed.ts';

/** A migrated and seeded database for each test: embedded, or on the server of `TEST_DATABASE_URL`. Nothing to start, no container. */
export function organizationsDatabase(settings: TestDatabaseSettings = {}) {
  const { driver } = testDatabase({
    project: join(import.meta.dir, '..'),
    setup: (empty) => empty.transaction((tx) => seed({ tx, db: drizzleOver(tx), schema: {} })),
    ...settings,
  });
  return { driver, db: drizzleOver(driver, { relations }), app: appOn(driver) };
}

/** The routes as `hutch` serves them; the header `claims` stands for a token. */
export function appOn(driver: Driver) {
  const db = drizzleOver(driver, { relations });
  const app = new Hono<ProjectEnv<typeof relations>>()
    .use(async (c, next) => {
      const claims = c.req.header('claims');
      const role = claims === undefined ? 'anon' : 'authenticated';
      c.set('actor', { role, settings: { 'request.jwt.claims': claims ?? '' } });
      c.set('db', db);
      await next();
    }, requestTransaction(db))
    .route('/', routes);
  // `hutch` answers with the error's code; Hono's own handler would print it.
  return app.onError((_, c) => c.json({ message: 'failed' }, 500));
}

interface Person {
  readonly sub: string;
  readonly org_id?: string;
  readonly org_role?: 'org:admin' | 'org:member';
}

export const ada: Person = { sub: 'user_ada', org_id: 'org_acme', org_role: 'org:admin' };
export const john: Person = { sub: 'user_john', org_id: 'org_acme', org_role: 'org:member' };

export const by = (person: Person, method = 'GET', body?: unknown): RequestInit => ({
  method,
  headers: { claims: JSON.stringify({ role: 'authenticated', ...person }) },
  ...(body !== undefined && { body: JSON.stringify(body) }),
});
