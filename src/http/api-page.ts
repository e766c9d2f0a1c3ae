import { Hono } from 'hono';
import type { Catalog } from '../catalog/index.ts';
import { type Driver, HOUSE } from '../db/index.ts';
import { docsPage, docsScript, type Place } from '../rest/docs-page/index.ts';
import type { Caller, RestSettings } from '../rest/index.ts';
import { accessQuery, openapi, partsOf, readAccess, type Visible, visible } from '../rest/openapi/index.ts';
import { SPEC } from './address.ts';

export interface ApiPageDeps {
  readonly driver: Driver;
  readonly catalog: () => Catalog;
  readonly settings: RestSettings;
  readonly auth: (request: Request) => Caller | Promise<Caller>;
}

/** The OpenAPI 3.1 document, as the caller's role may see it, and the page that shows it. Both need no network. */
export function apiPage(deps: ApiPageDeps): Hono {
  const app = new Hono();
  app.get(SPEC, async (c) => {
    const schema = c.req.header('accept-profile') ?? deps.settings.schemas[0] ?? 'public';
    const shown = await visibleTo(deps, schema, await deps.auth(c.req.raw));
    const part = c.req.query('part');
    const described = part === undefined ? shown : (partsOf(shown)[Number(part)] ?? shown);
    return c.json(
      openapi(deps.catalog(), described, { serverUrl: '/rest/v1', anonymous: deps.settings.anonRole !== null }),
    );
  });
  app.get('/docs', async (c) => {
    const parts = await shownParts(deps, c.req.raw);
    const wanted = Number(c.req.query('part') ?? 0);
    const part = parts[wanted] === undefined ? 0 : wanted;
    const specUrl = parts.length > 1 ? `${SPEC}?part=${part}` : SPEC;
    return docsPage({ specUrl, scriptUrl: '/docs/scalar.js', title: 'API', places: placesOf(parts), part });
  });
  return app.get('/docs/scalar.js', (c) => docsScript(c.req.raw));
}

/** The parts of the description; none for whoever may not read it, which the page says when it asks for it. */
async function shownParts(deps: ApiPageDeps, request: Request): Promise<readonly Visible[]> {
  try {
    return partsOf(await visibleTo(deps, deps.settings.schemas[0] ?? 'public', await deps.auth(request)));
  } catch {
    return [];
  }
}

/** Where each table and function of a description in several parts is. */
const placesOf = (parts: readonly Visible[]): readonly Place[] =>
  parts.length < 2
    ? []
    : parts.flatMap(({ tables, routines }, part) => [
        ...tables.map(({ name }) => ({ name, part, tag: name })),
        ...[...new Set(routines.map(({ name }) => name))].map((name) => ({
          name: `${name}()`,
          part,
          tag: `(rpc) ${name}`,
        })),
      ]);

async function visibleTo({ driver, catalog, settings }: ApiPageDeps, schema: string, caller: Caller): Promise<Visible> {
  if (settings.openapiMode === 'ignore-privileges') return visible(catalog(), schema);
  const asked = { text: accessQuery, params: [schema] };
  const [result] = await driver.batch([asked], { actor: { role: caller.role }, readOnly: true, label: HOUSE });
  return visible(catalog(), schema, readAccess(result?.rows[0]?.[0]));
}
