import { join } from 'node:path';
import { Hono } from 'hono';
import { type ProjectEnv, requestTransaction } from 'hutch';
import { type TestDatabaseSettings, testDatabase } from 'hutch/testing';
import { type Db, dbOver } from '../src/db.ts';
import routes from '../src/routes.ts';
import type { relations } from '../src/schema/relations.ts';

/** A migrated database for each test: embedded, or on the server of `TEST_DATABASE_URL`. */
export function assistantDatabase(settings: TestDatabaseSettings = {}) {
  const { driver } = testDatabase({ project: join(import.meta.dir, '..'), ...settings });
  const db = dbOver(driver);
  return { driver, db, app: appOn(db) };
}

/** The routes as `hutch` serves them; the header `sub` stands for a token. */
export function appOn(db: Db) {
  const app = new Hono<ProjectEnv<typeof relations>>()
    .use(async (c, next) => {
      const sub = c.req.header('sub');
      const role = sub === undefined ? 'anon' : 'authenticated';
      c.set('actor', { role, settings: { 'request.jwt.claims': JSON.stringify({ role, sub }) } });
      c.set('db', db);
      await next();
    }, requestTransaction(db))
    .route('/', routes);
  // `hutch` answers with the error's code; Hono's own handler would print it.
  return app.onError((_, c) => c.json({ error: 'INTERNAL' }, 500));
}

export const asUser = (sub: string) => ({ headers: { sub } });

export const send = (method: string, body: unknown, sub?: string): RequestInit => ({
  method,
  body: JSON.stringify(body),
  headers: sub === undefined ? {} : { sub },
});
