import type { MiddlewareHandler } from 'hono';

/**
 * CORS exactly as PostgREST's: any origin unless some are named (then those alone, with credentials); a preflight answers 200
 * and allows whatever headers it asks for; an origin that is not allowed gets an answer without CORS headers.
 */
export function cors(allowed: readonly string[]): MiddlewareHandler {
  const origins = new Set(allowed);
  return async (c, next) => {
    const origin = c.req.header('origin');
    if (origin === undefined || (origins.size > 0 && !origins.has(origin))) return next();
    const asked = c.req.method === 'OPTIONS' ? c.req.header('access-control-request-method') : undefined;
    if (asked !== undefined) {
      return c.body(null, 200, {
        ...originHeaders(origins, origin),
        ...preflight(c.req.header('access-control-request-headers')),
      });
    }
    await next();
    for (const [name, value] of Object.entries(originHeaders(origins, origin))) c.res.headers.set(name, value);
    c.res.headers.set('access-control-expose-headers', exposed);
  };
}

const exposed =
  'Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, Transfer-Encoding, Range-Unit';

function originHeaders(origins: ReadonlySet<string>, origin: string): Record<string, string> {
  if (origins.size === 0) return { 'access-control-allow-origin': '*' };
  return { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' };
}

function preflight(headers = ''): Record<string, string> {
  const asked = headers.split(',').flatMap((header) => (header.trim() === '' ? [] : [header.trim()]));
  return {
    'access-control-allow-methods': 'GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD',
    'access-control-allow-headers': ['Authorization', ...asked, 'Accept', 'Accept-Language', 'Content-Language'].join(
      ', ',
    ),
    'access-control-max-age': '86400',
  };
}
