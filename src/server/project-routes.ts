import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { type RequestVariables, requestTransaction } from '../data/transaction/index.ts';
import { type Actor, type Driver, drizzleOver } from '../db/index.ts';
import type { Caller } from '../rest/index.ts';

export type Database = ReturnType<typeof drizzleOver>;

/** What a project's own routes have in `c.var`: `new Hono<ProjectEnv>()`. */
export interface ProjectEnv {
  Variables: RequestVariables<Database> & {
    /** The database as its owner: no policy holds, and each statement is a transaction of its own. */
    db: Database;
    /** Who calls: the role and claims of the request's token. */
    actor: Actor;
  };
}

export interface ProjectRouteDeps {
  readonly driver: Driver;
  readonly auth: (request: Request) => Caller | Promise<Caller>;
}

/**
 * The project's own routes. Each request has `c.var.tx`, a transaction that begins with its first statement and acts as
 * whoever the token says, so that the same policies hold as over the API.
 */
export function projectRoutes(routes: Hono, { driver, auth }: ProjectRouteDeps): Hono {
  const db: Database = drizzleOver(driver);
  const identify = createMiddleware<ProjectEnv>(async (c, next) => {
    const { role, claims } = await auth(c.req.raw);
    c.set('actor', { role, settings: { 'request.jwt.claims': claims } });
    c.set('db', db);
    await next();
  });
  const app = new Hono();
  app.use(identify, requestTransaction(db));
  app.route('/', routes);
  return app;
}
