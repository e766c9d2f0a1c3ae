import { Hono, type MiddlewareHandler } from 'hono';
import { HutchError } from '../errors/index.ts';
import { apiRoutes, type StudioApiDeps } from './api/routes.ts';
import { assetResponse, studioBuild } from './assets.ts';
import { studioPage } from './document.ts';
import { tokenDoor } from './door.ts';
import type { Live } from './live/live.ts';
import { liveRoutes } from './live/routes.ts';

export interface StudioDeps extends StudioApiDeps {
  /** Stands in front of everything: in development the check of Host and Origin. */
  readonly guard?: MiddlewareHandler;
  /** Who has it may come in. Without one the studio opens in development only. */
  readonly token?: string;
  /** Requests and queries as they pass; the server feeds it. */
  readonly live: Live;
  /** Whether the server ends the request after its idle time: a statement of the console may run for longer, the live stream does. */
  readonly hurried?: (request: Request, hurried: boolean) => void;
}

/**
 * The studio: its page at `/studio`, and what the page needs beside the public API below `/studio/api`.
 * @throws HutchError `config_invalid_value` in production without a token
 */
export function studioRoutes(deps: StudioDeps): Hono {
  if (!deps.dev && deps.token === undefined) throw tokenMissing();
  const app = new Hono();
  const doors = [deps.guard, deps.token === undefined ? undefined : tokenDoor(deps.token)];
  for (const door of doors) if (door !== undefined) app.use('/studio', door).use('/studio/*', door);
  app.get('/studio', async () => {
    const { manifest } = await studioBuild();
    const at = (file: string) => `/studio/assets/${file}`;
    const token = await deps.sign?.({ role: 'service_role' });
    const { preload, script, style } = manifest;
    return studioPage({ script: at(script), style: at(style), preload: preload.map(at), token });
  });
  app.get('/studio/', (c) => c.redirect('/studio', 308));
  app.get('/studio/assets/:name', async (c) => {
    const found = await assetResponse(c.req.param('name'), c.req.raw);
    return found ?? c.notFound();
  });
  app.use('/studio/api/*', async (c, next) => {
    deps.hurried?.(c.req.raw, false);
    await next();
    if (!c.res.headers.get('content-type')?.startsWith('text/event-stream')) deps.hurried?.(c.req.raw, true);
  });
  app.route('/studio/api/live', liveRoutes(deps.live));
  app.route('/studio/api', apiRoutes(deps));
  return app;
}

const tokenMissing = () =>
  new HutchError('config_invalid_value', {
    message: 'The studio needs a token in production',
    hint: 'Set HUTCH_STUDIO_TOKEN',
    field: 'HUTCH_STUDIO_TOKEN',
  });
