/** Hutch as it serves in production, on the benchmark's tables: the whole HTTP application, no studio, warnings logged only. */
import { loadConfig } from '../../../src/config/index.ts';
import { loadPgrst } from '../../../src/config/pgrst.ts';
import { openPglite, openPostgres } from '../../../src/db/index.ts';
import { createLogger } from '../../../src/http/logger.ts';
import { restApp } from '../../../src/http/pipeline.ts';
import { liveCatalog } from '../../../src/server/catalog.ts';
import { composeApp } from '../../../src/server/compose.ts';
import { authentication, restSettings } from '../../../src/server/rest.ts';
import { DATASET } from '../dataset.ts';

const url = process.env.DATABASE_URL;
const driver =
  url === undefined ? await openPglite() : await openPostgres({ url, poolSize: Number(process.env.POOL ?? 10) });
if (url === undefined) await driver.script(DATASET);

const config = loadConfig({});
const pgrst = loadPgrst({ PGRST_DB_ANON_ROLE: 'anon' });
const catalog = await liveCatalog(driver, {}, pgrst);
const settings = restSettings(config, pgrst, false);
const auth = authentication(config, pgrst, settings.anonRole, undefined);
const app = composeApp({
  config,
  log: await createLogger({ level: 'warn', pretty: false }),
  logEverything: false,
  driver,
  stopping: () => false,
  live: undefined,
  mounted: [restApp({ driver, catalog: catalog.current, settings, auth: (request) => auth(request.headers) })],
  tools: [],
  project: undefined,
});
const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: (request) => app.fetch(request) });
process.stdout.write(`${server.url.href}rest/v1\n`);
