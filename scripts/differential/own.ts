import { readdirSync, readFileSync } from 'node:fs';
import { type Catalog, enrich, readCatalog } from '../../src/catalog/index.ts';
import { type Driver, openPglite } from '../../src/db/index.ts';
import { restHandler } from '../../src/http/pipeline.ts';
import { defaultRestSettings, type RestSettings } from '../../src/rest/index.ts';
import type { CaseRequest } from './request.ts';

export type Send = (request: CaseRequest) => Promise<Response>;

/** Our handler over a database that has the schema. */
export interface OwnSide {
  readonly catalog: Catalog;
  readonly send: Send;
  readonly close: () => Promise<void>;
}

const SCHEMAS = ['v1', 'v2', 'Sp ecial'];
const FOLDER = new URL('./schema/', import.meta.url);
/** What the embedded engine does not bring along. */
const EXTENSIONS = '7-extensions.sql';

/** Anonymous, with nothing kept of what is written. */
export async function ownSide(driver: Driver, settings: Partial<RestSettings>): Promise<OwnSide> {
  const run = async (text: string, params: readonly (string | null)[]) => (await driver.query({ text, params })).rows;
  const { extraSearchPath } = { ...defaultRestSettings, ...settings };
  const catalog = enrich(await readCatalog(run, { schemas: SCHEMAS, extraSearchPath, version: driver.version }), {});
  const anonRole = 'differential_anon';
  const caller = { role: anonRole, claims: JSON.stringify({ role: anonRole }), authenticated: false };
  const handle = restHandler({
    driver,
    catalog: () => catalog,
    auth: () => caller,
    settings: {
      ...defaultRestSettings,
      ...{ schemas: SCHEMAS, anonRole, aggregatesEnabled: true, planEnabled: true, txEnd: 'rollback-allow-override' },
      ...settings,
    },
  });
  const send: Send = ({ method, path, headers, body }) =>
    handle(new Request(`http://localhost/rest/v1${path}`, { method, headers, body }));
  return { catalog, send, close: () => driver.close() };
}

/** The same over an embedded database of its own. */
export async function pgliteSide(settings: Partial<RestSettings>): Promise<OwnSide> {
  const driver = await openPglite({});
  const files = readdirSync(FOLDER)
    .sort()
    .filter((name) => name !== EXTENSIONS);
  for (const name of files) await driver.script(readFileSync(new URL(name, FOLDER), 'utf8'));
  return ownSide(driver, settings);
}
