import { type Catalog, enrich, readCatalog } from '../../catalog/index.ts';
import { runOn } from '../../catalog/test/databases.ts';
import { loadConfig } from '../../config/index.ts';
import { QueryStats } from '../../data/connections/query-stats.ts';
import { spreadReads } from '../../data/connections/replicas.ts';
import type { Driver } from '../../db/index.ts';
import { createAuthenticate } from '../../rest/auth/authenticate.ts';
import { testSettings } from '../../rest/test/app.ts';
import { composeApp } from '../../server/application/compose.ts';
import { router } from '../../server/application/router.ts';
import { apiPage } from '../api-page.ts';
import { createLogger } from '../logger.ts';
import { metrics } from '../metrics.ts';
import { restHandler } from '../pipeline.ts';

/** Signs the tokens of the tests. */
export const SECRET = 'the secret of tests that throw anything at a server';

export interface WholeApp {
  readonly app: (request: Request) => Promise<Response>;
  readonly catalog: Catalog;
  /** What the server has logged as its own fault since the last look. */
  faults(): readonly unknown[];
}

/** Everything that stands between a socket and the database: limits, CORS, compression, logs, metrics, tokens, the dialect. */
export async function wholeApp(driver: Driver): Promise<WholeApp> {
  const catalog = enrich(await readCatalog(runOn(driver), { schemas: ['api', 'archive'] }), {});
  const config = loadConfig({});
  const log = await createLogger({ level: 'info', pretty: false, destination: { write: () => {} } });
  let faults: unknown[] = [];
  const auth = createAuthenticate({
    secret: SECRET,
    secretIsBase64: false,
    jwksUrl: undefined,
    audience: undefined,
    roleClaimKey: '.role',
    anonRole: 'rest_anon',
    cacheMaxEntries: 1_000,
    apiKeys: new Map([['sb_publishable_x', 'rest_anon']]),
  });
  const served = {
    driver,
    catalog: () => catalog,
    settings: { ...testSettings, schemas: ['api', 'archive'], serverTiming: true },
    auth: (request: Request) => auth(request.headers),
  };
  const rest = restHandler({ ...served, bodyLimit: config.bodyLimit, onError: (error) => faults.push(error) });
  const statements = new QueryStats(driver);
  const measured = metrics({
    pool: () => driver.stats(),
    replicas: () => [],
    statements: () => statements.queryStats(),
  });
  const app = composeApp({
    config,
    log,
    logEverything: true,
    observers: [measured.observe],
    live: undefined,
    rest,
    others: router({
      log,
      driver,
      spread: spreadReads(driver, []),
      stopping: () => false,
      measured,
      tools: [apiPage(served)],
      project: undefined,
      served: { addresses: [] },
    }),
  });
  return {
    app,
    catalog,
    faults() {
      const seen = faults;
      faults = [];
      return seen;
    },
  };
}
