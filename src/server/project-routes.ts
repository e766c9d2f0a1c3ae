import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { requestTransaction } from '../data/transaction/index.ts';
import { type Actor, type Driver, drizzleOver } from '../db/index.ts';
import type { Caller } from '../rest/index.ts';

export interface ProjectRouteDeps {
  readonly driver: Driver;
  readonly auth: (request: Request) => Caller | Promise<Caller>;
}

/**
 * The project's own routes. Each request has `c.var.tx`, a transaction that begins with its first statement and acts as
 * whoever the token says, so that the same policies hold as over the API; and `c.var.db`, the database as its owner, for what no policy shall stop.
 */
export function projectRoutes(routes: Hono, { driver, auth }: ProjectRouteDeps): Hono {
  const db = drizzleOver(driver);
  const identify = createMiddleware<{ Variables: { actor: Actor; db: typeof db } }>(async (c, next) => {
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
