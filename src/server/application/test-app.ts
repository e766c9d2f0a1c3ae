import { resolve } from 'node:path';
import type { Hono } from 'hono';
import { loadConfig } from '../../config/index.ts';
import { QueryStats } from '../../data/connections/query-stats.ts';
import type { Driver } from '../../db/index.ts';
import { createLogger } from '../../http/logger.ts';
import type { Schema } from '../../migrate/index.ts';
import { claimsSigner } from '../../rest/auth/sign.ts';
import { Live } from '../../studio/live/live.ts';
import { type TestDatabase, type TestDatabaseSettings, testDatabase } from '../../testing/index.ts';
import { routeCache } from '../database/cache.ts';
import { liveCatalog } from '../database/catalog.ts';
import { readPgrst } from '../database/database-settings.ts';
import { openReadRouting } from '../database/read-routing.ts';
import { openProject } from '../project/open-project.ts';
import { buildApp } from './app.ts';
import { honoIn } from './project-app.ts';

/** Whom a request is from: the claims of a token. The role is `authenticated` where they say none. */
export type TestActor = Readonly<Record<string, unknown>>;

export interface TestAppSettings extends TestDatabaseSettings {
  /** What the schema files export. Default: those that the project's `drizzle.config.ts` names. */
  readonly schema?: Schema;
  /** A Hono app, whatever its types. Default: the project's own, `src/routes.ts`. */
  readonly routes?: Pick<Hono, 'routes'>;
}

export interface TestApp extends TestDatabase {
  /** For `createClient(app.url, app.key, { global: { fetch: app.fetch } })`; nothing listens there. */
  readonly url: string;
  /** An API key for the role `anon`. */
  readonly key: string;
  /** An API key for the role `service_role`, which passes every policy. */
  readonly serviceKey: string;
  /** Answers a request for a path such as `/rest/v1/posts`: from `anon`, unless `as` says from whom. */
  request(path: string, init?: RequestInit & { readonly as?: TestActor }): Promise<Response>;
  /** The same in the form of the global one. */
  readonly fetch: typeof globalThis.fetch;
  /** A token for an actor: `Authorization: Bearer …`, or supabase-js's `accessToken`. */
  token(actor: TestActor): Promise<string>;
}

const ADDRESS = 'http://app.test';
const KEY = 'sb_publishable_test';
const SERVICE_KEY = 'sb_secret_test';

/**
 * The whole application over a database for each test (see `testDatabase`): the API and the project's routes, with the tokens, policies and
 * errors of production, and without a socket. What a test writes, over HTTP or through `db`, is gone before the next one. The catalog is read
 * with the first request of the file: tables that a test makes itself are not served.
 *
 * ```ts
 * const app = testApp({
 *   project: false,
 *   setup: (driver) => driver.script('create table memos (id int primary key, body text); grant all on memos to authenticated'),
 * });
 *
 * test('whoever is signed in may write', async () => {
 *   const memo = { method: 'POST', body: JSON.stringify({ id: 1, body: 'one' }), headers: { 'Content-Type': 'application/json' } };
 *   expect((await app.request('/rest/v1/memos', memo)).status).toBe(401);
 *   expect((await app.request('/rest/v1/memos', { ...memo, as: { sub: 'usr_ada' } })).status).toBe(201);
 * });
 * ```
 */
export function testApp(settings: TestAppSettings = {}): TestApp {
  const secret = crypto.randomUUID();
  const database = testDatabase(settings);
  let opening: ReturnType<typeof open> | undefined;
  const answer = async (input: string | URL | Request, init?: RequestInit) => {
    opening ??= open(database.driver, settings, secret);
    const app = await opening;
    return app.answer(input instanceof Request ? new Request(input, init) : new Request(String(input), init));
  };
  const sign = claimsSigner(secret);
  const token = (actor: TestActor) => sign({ role: 'authenticated', ...actor });
  return {
    ...database,
    url: ADDRESS,
    key: KEY,
    serviceKey: SERVICE_KEY,
    fetch: Object.assign(answer, { preconnect: () => undefined }),
    token,
    async request(path, { as, ...init } = {}) {
      const headers = new Headers(init.headers);
      if (as) headers.set('Authorization', `Bearer ${await token(as)}`);
      return answer(new URL(path, ADDRESS), { ...init, headers });
    },
  };
}

/** As `hutch start` does, without what belongs to a process: sockets, timers, a studio. */
async function open(driver: Driver, settings: TestAppSettings, jwtSecret: string) {
  const keys = { jwtSecret, publishableKey: KEY, secretKey: SERVICE_KEY };
  // A test may make a policy or function, which the catalog does not hear of.
  const config = { ...loadConfig({}), ...keys, metrics: false, requestSettings: 'always' as const };
  const log = await createLogger({ level: 'error', pretty: true });
  const root = resolve(settings.project || '.');
  const project =
    settings.project === false ? { root, project: undefined, schema: {} } : await openProject(root, false);
  const loaded = { ...project, schema: settings.schema ?? project.schema };
  const told = await readPgrst(driver, {});
  const pgrst = { ...told, anonRole: told.anonRole ?? 'anon' };
  const catalog = await liveCatalog(driver, loaded.schema, pgrst);
  return buildApp(
    { config, mode: 'start', log, root, driver, pgrst, loaded, catalog },
    {
      keys: undefined,
      live: new Live(),
      reads: openReadRouting({ config, driver, log }),
      statements: new QueryStats(driver),
      cache: routeCache({ redisUrl: undefined }, log),
      stopping: () => false,
      observers: [],
      routes: settings.routes && honoIn(settings.routes, 'testApp({ routes })'),
    },
  );
}
