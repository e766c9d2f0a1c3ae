import type { Server } from 'bun';
import type { Catalog } from '../../catalog/index.ts';
import type { Config } from '../../config/index.ts';
import type { PgrstConfig } from '../../config/pgrst.ts';
import type { Health } from '../../db/index.ts';
import { HutchError } from '../../errors/index.ts';
import { onPort } from '../serving/next-port.ts';
import { type Figures, figuresText } from './figures.ts';
import { schemaDump } from './schema-dump.ts';

export interface AdminParts {
  readonly config: Config;
  readonly pgrst: PgrstConfig;
  readonly catalog: () => Catalog;
  readonly health: () => Promise<Health>;
  readonly stopping: () => boolean;
  readonly figures: () => Figures;
}

/**
 * PostgREST's admin server, at a port of its own (`admin-server-port`): `/live`, `/ready`, `/schema_cache`, `/metrics`.
 * @throws HutchError `config_invalid_value` for the port of the API itself, `port_in_use`
 */
export function serveAdmin(port: number, parts: AdminParts): Server<undefined> {
  const { config, pgrst } = parts;
  if (port !== 0 && port === config.port) {
    throw new HutchError('config_invalid_value', {
      message: `Invalid value for PGRST_ADMIN_SERVER_PORT: "${port}"`,
      details: 'The admin server cannot have the port of the API',
      field: 'PGRST_ADMIN_SERVER_PORT',
    });
  }
  const hostname = pgrst.adminServerHost ?? config.host ?? '0.0.0.0';
  return onPort(port, false, 'admin-server-port', (candidate) =>
    Bun.serve({ hostname, port: candidate, fetch: (request) => answer(parts, new URL(request.url).pathname) }),
  );
}

async function answer(parts: AdminParts, path: string): Promise<Response> {
  switch (path) {
    case '/live':
      return new Response(null);
    case '/ready':
      return new Response(null, { status: await readiness(parts) });
    case '/schema_cache':
      return new Response(schemaDump(parts.catalog()));
    case '/metrics':
      return new Response(figuresText(parts.figures()), { headers: { 'content-type': 'text/plain; charset=utf-8' } });
    default:
      return new Response(null, { status: 404 });
  }
}

async function readiness({ stopping, health }: AdminParts): Promise<number> {
  return !stopping() && (await health()).ok ? 200 : 503;
}
