import { Hono } from 'hono';
import { enrich, readCatalog } from '../../catalog/index.ts';
import { runOn } from '../../catalog/test/databases.ts';
import { objectsOf } from '../../data/objects.ts';
import type { Driver } from '../../db/index.ts';
import { engines, type TestEngine } from '../../db/test/engines.ts';
import { fromPath, isBelow, MOUNT } from '../../http/address.ts';
import type { HttpEnv } from '../../http/env.ts';
import { errorHandler } from '../../http/errors.ts';
import type { Handler } from '../../http/layer.ts';
import { localOnly } from '../../http/local-only.ts';
import { createLogger } from '../../http/logger.ts';
import { restHandler } from '../../http/pipeline.ts';
import { identified, idForRoutes } from '../../http/request-id.ts';
import { studioSelection } from '../../http/studio-selection.ts';
import { inOrder } from '../../migrate/files/objects.ts';
import { createAuthenticate } from '../../rest/auth/authenticate.ts';
import { claimsSigner } from '../../rest/auth/sign.ts';
import { defaultRestSettings } from '../../rest/index.ts';
import type { StudioProject } from '../api/migrations.ts';
import type { TimeLimits } from '../api/shapes.ts';
import { Live, studioRoutes, watchRequests } from '../index.ts';
import * as shop from './shop.ts';

const SECRET = 'a secret of the tests, longer than 32 bytes';

const [embedded] = engines() as readonly [TestEngine, ...TestEngine[]]; // it runs everywhere

export interface Shop extends AsyncDisposable {
  readonly driver: Driver;
  readonly url: string;
  /** A request to the server without a socket. */
  request(path: string, init?: RequestInit): Promise<Response>;
  /** The first column of each row of a query. */
  column(sql: string): Promise<readonly (string | null)[]>;
}

export interface ShopOptions {
  readonly dev?: boolean;
  readonly token?: string;
  /** Default: the embedded one. */
  readonly engine?: TestEngine;
  readonly timeLimits?: TimeLimits;
  /** More tables, made before the catalog is read. */
  readonly sql?: string;
  /** A project whose migrations the studio shows, made for the database. */
  readonly project?: (driver: Driver) => Promise<StudioProject>;
}

/** A server with the studio, the dialect and a small database, composed as the real one is. */
export async function serveShop(options: ShopOptions = {}): Promise<Shop> {
  const { dev = true, engine = embedded, timeLimits, token } = options;
  const driver = await engine.open();
  await driver.script(shop.shopSql);
  if (options.sql !== undefined) await driver.script(options.sql);
  for (const object of inOrder(objectsOf(shop))) await driver.script(object.up);
  const catalog = enrich(await readCatalog(runOn(driver), { schemas: ['public'], version: driver.version }), shop);
  const live = new Live();
  driver.observe(live.query);
  const app = new Hono<HttpEnv>().use(idForRoutes);
  app.onError(errorHandler(await createLogger({ level: 'silent', pretty: false })));
  const authenticate = createAuthenticate({
    secret: SECRET,
    secretIsBase64: false,
    anonRole: 'anon',
    roleClaimKey: '.role',
    cacheMaxEntries: 10,
    apiKeys: new Map(),
    audience: undefined,
    jwksUrl: undefined,
  });
  const settings = { ...defaultRestSettings, anonRole: 'anon', planEnabled: true, serverTiming: true };
  const rest = restHandler({
    driver,
    catalog: () => catalog,
    settings,
    auth: (request) => authenticate(request.headers),
  });
  const guard = dev ? localOnly() : undefined;
  const sign = claimsSigner(SECRET);
  const project = await options.project?.(driver);
  const selection = studioSelection({ catalog: () => catalog, settings });
  const served = { driver, catalog: () => catalog, dev, guard, token, live, sign, timeLimits };
  const deps = { ...served, selection, project: () => project };
  const hurried = (request: Request, hurry: boolean) => server.timeout(request, hurry ? 10 : 0);
  app.route('/', studioRoutes({ ...deps, hurried }));
  const handler: Handler = (request, id) =>
    isBelow(request.url, MOUNT) ? rest(request, id) : app.fetch(request, { requestId: id });
  const answer = identified(watchRequests(live, { shownUrl: fromPath, bodies: true })(handler));
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: answer });
  return {
    driver,
    request: (path, init) => answer(new Request(new URL(path, 'http://localhost').href, init)),
    url: `http://127.0.0.1:${server.port}`,
    column: async (sql) => (await driver.query({ text: sql, prepare: false })).rows.map(([first]) => first ?? null),
    async [Symbol.asyncDispose]() {
      await server.stop(true);
      await driver.close({ graceMs: 0 });
    },
  };
}
