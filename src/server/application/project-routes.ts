import { type AnyRelations, type EmptyRelations, is, Table } from 'drizzle-orm';
import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { type Cached, cached } from '../../data/cache/cached.ts';
import { type RequestVariables, requestTransaction } from '../../data/transaction/index.ts';
import { drizzleOver } from '../../db/drizzle/drizzle.ts';
import type { Actor, Driver } from '../../db/index.ts';
import type { Caller } from '../../rest/index.ts';
import type { RouteCache } from '../database/cache.ts';
import type { ReadRouting } from '../database/read-routing.ts';

type Database<R extends AnyRelations = EmptyRelations> = ReturnType<typeof drizzleOver<R>>;

/**
 * What a project's own routes have in `c.var`: `new Hono<ProjectEnv>()`. Where a schema file exports what `defineRelations` made,
 * `new Hono<ProjectEnv<typeof relations>>()` also has `c.var.tx.query`.
 */
export interface ProjectEnv<R extends AnyRelations = EmptyRelations> {
  Variables: RequestVariables<Database<R>> & {
    /** The database as its owner: no policy holds, and each statement is a transaction of its own. */
    db: Database<R>;
    /**
     * For reads that may lag behind: a read replica (`DATABASE_REPLICA_URLS`), or the primary where there is none. What writes goes to
     * the primary all the same.
     */
    replica: Database<R>;
    /**
     * The cache of what `db` reads with `$withCache()`. What `db` and `tx` write drops it by itself; `invalidate` is for what others write,
     * `rows` for many at once, `stats` for its hits.
     */
    cache: Cached<Database<R>>;
    /** What `db` runs on: `listen`, `notify`, `observe`, `health`, `stats`. */
    driver: Driver;
    /** Who calls: the role and claims of the request's token. */
    actor: Actor;
  };
}

export interface ProjectRouteDeps {
  readonly driver: Driver;
  /** Where reads go. Default: all to `driver`. */
  readonly reads?: Pick<ReadRouting, 'db' | 'replica' | 'spread'>;
  /** Default: in this process. */
  readonly cache?: Pick<RouteCache, 'over'>;
  readonly auth: (request: Request) => Caller | Promise<Caller>;
  /** What the schema files export: the relations among it are those of `c.var.tx.query`. */
  readonly schema?: Readonly<Record<string, unknown>>;
}

/**
 * The project's own routes. Each request has `c.var.tx`, a transaction that begins with its first statement and acts as
 * whoever the token says, so that the same policies hold as over the API.
 */
export async function projectRoutes(
  routes: Hono,
  { driver, auth, reads, schema = {}, ...deps }: ProjectRouteDeps,
): Promise<Hono> {
  const relations = relationsIn(schema);
  const replica = drizzleOver<AnyRelations>(reads?.replica ?? driver, { relations });
  const cache = await (deps.cache ?? LOCAL).over(drizzleOver<AnyRelations>(reads?.db ?? driver, { relations }));
  const { db } = cache;
  const identify = createMiddleware<ProjectEnv<AnyRelations>>(async (c, next) => {
    const { role, claims } = await auth(c.req.raw);
    c.set('actor', { role, settings: { 'request.jwt.claims': claims } });
    c.set('db', db);
    c.set('replica', replica);
    c.set('cache', cache);
    c.set('driver', driver);
    await next();
    if (!READING.has(c.req.method)) reads?.spread.wrote(c.var.actor);
  });
  const app = new Hono();
  app.use(identify, requestTransaction(db));
  app.route('/', routes);
  return app;
}

/** Requests that should write nothing. */
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

const LOCAL: Pick<RouteCache, 'over'> = { over: async (db) => cached(db, { reads: 'asked' }) };

/** All that `defineRelations` made, by table; of several exports each adds its own. */
function relationsIn(schema: Readonly<Record<string, unknown>>): AnyRelations {
  return Object.assign({}, ...Object.values(schema).filter(isRelations));
}

/** By shape: an entry for each table, with the table itself in it. */
function isRelations(value: unknown): value is AnyRelations {
  if (typeof value !== 'object' || value === null || is(value, Table)) return false;
  const entries: unknown[] = Object.values(value);
  return entries.length > 0 && entries.every(isRelationsOfTable);
}

const isRelationsOfTable = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'relations' in value && 'table' in value && is(value.table, Table);
