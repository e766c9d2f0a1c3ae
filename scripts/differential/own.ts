import { readdirSync, readFileSync } from 'node:fs';
import { type Catalog, enrich, readCatalog } from '../../src/catalog/index.ts';
import { loadConfig } from '../../src/config/index.ts';
import { loadPgrst } from '../../src/config/pgrst.ts';
import { type Driver, openPglite } from '../../src/db/index.ts';
import { cors } from '../../src/http/cors.ts';
import { restHandler } from '../../src/http/pipeline.ts';
import { authentication, restSettings } from '../../src/server/application/rest.ts';
import type { Side } from './side.ts';
import { exchange } from './socket.ts';
import type { Settings } from './variants.ts';

/** Our server over a database that has the schema. */
export interface OwnSide extends Side {
  readonly catalog: Catalog;
}

const FOLDER = new URL('./schema/', import.meta.url);
/** What the embedded engine does not bring along. */
const EXTENSIONS = '7-extensions.sql';

/** The dialect as it is served, without what surrounds it. The driver is closed with it. */
export async function ownSide(driver: Driver, environment: Settings): Promise<OwnSide> {
  const config = loadConfig({});
  const pgrst = loadPgrst(environment);
  const settings = restSettings(config, pgrst, false);
  const { schemas, extraSearchPath, anonRole } = settings;
  const run = async (text: string, params: readonly (string | null)[]) => (await driver.query({ text, params })).rows;
  const catalog = enrich(await readCatalog(run, { schemas, extraSearchPath, version: driver.version }), {});
  const authenticate = authentication(config, pgrst, anonRole, undefined);
  const answer = cors(pgrst.corsAllowedOrigins)(
    restHandler({ driver, catalog: () => catalog, settings, auth: ({ headers }) => authenticate(headers) }),
  );
  const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: (request) => answer(request, 'differential') });
  return {
    catalog,
    send: (request) => exchange(server.port ?? 0, '/rest/v1', request),
    async close() {
      await server.stop(true);
      await driver.close();
    },
  };
}

/** The same over an embedded database of its own. */
export async function pgliteSide(environment: Settings): Promise<OwnSide> {
  const driver = await openPglite({});
  const files = readdirSync(FOLDER)
    .sort()
    .filter((name) => name !== EXTENSIONS);
  for (const name of files) await driver.script(readFileSync(new URL(name, FOLDER), 'utf8'));
  return ownSide(driver, environment);
}
