import { Hono } from 'hono';
import type { Catalog } from '../catalog/index.ts';
import { type Driver, HOUSE } from '../db/index.ts';
import { docsPage, docsScript } from '../rest/docs-page/index.ts';
import type { Caller, RestSettings } from '../rest/index.ts';
import { accessQuery, openapi, readAccess, type Visible, visible } from '../rest/openapi/index.ts';
import type { HttpEnv } from './env.ts';

export interface ApiPageDeps {
  readonly driver: Driver;
  readonly catalog: () => Catalog;
  readonly settings: RestSettings;
  readonly auth: (request: Request) => Caller | Promise<Caller>;
}

export const SPEC = '/rest/v1/openapi.json';

/** The OpenAPI 3.1 document, as the caller's role may see it, and the page that shows it. Both need no network. */
export function apiPage(deps: ApiPageDeps): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  if (deps.settings.openapiMode === 'disabled') return app;
  app.get(SPEC, async (c) => {
    const schema = c.req.header('accept-profile') ?? deps.settings.schemas[0] ?? 'public';
    const shown = await visibleTo(deps, schema, await deps.auth(c.req.raw));
    return c.json(
      openapi(deps.catalog(), shown, { serverUrl: '/rest/v1', anonymous: deps.settings.anonRole !== null }),
    );
  });
  app.get('/docs', () => docsPage({ specUrl: SPEC, scriptUrl: '/docs/scalar.js', title: 'API' }));
  return app.get('/docs/scalar.js', (c) => docsScript(c.req.raw));
}

async function visibleTo({ driver, catalog, settings }: ApiPageDeps, schema: string, caller: Caller): Promise<Visible> {
  if (settings.openapiMode === 'ignore-privileges') return visible(catalog(), schema);
  const asked = { text: accessQuery, params: [schema] };
  const [result] = await driver.batch([asked], { actor: { role: caller.role }, readOnly: true, label: HOUSE });
  return visible(catalog(), schema, readAccess(result?.rows[0]?.[0]));
}
