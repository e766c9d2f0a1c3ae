import type { MiddlewareHandler } from 'hono';

/** Below about one network packet there is nothing to win. */
const LEAST = 1_400;
/** Above this a body is left alone: it would hold up every other request while it is compressed. */
const MOST = 8 * 1_048_576;
const compressible = /^(application\/(.*json|javascript|xml|sql)|text\/|image\/svg)/;

/**
 * Compresses whole bodies in one synchronous call, which for the sizes an API sends is several times faster than a stream;
 * a streamed body has no length and passes as it is.
 */
export function compression(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    const { headers } = c.res;
    const length = Number(headers.get('content-length') ?? Number.NaN);
    if (!(length >= LEAST && length <= MOST) || !compressible.test(headers.get('content-type') ?? '')) return;
    if (headers.has('content-encoding') || c.req.method === 'HEAD') return;
    headers.append('vary', 'Accept-Encoding');
    if (!acceptsGzip(c.req.header('accept-encoding'))) return;
    const body = Bun.gzipSync(new Uint8Array(await c.res.arrayBuffer()), { level: 1 });
    const weak = headers.get('etag')?.replace(/^(?!W\/)/, 'W/');
    headers.set('content-encoding', 'gzip');
    headers.set('content-length', String(body.byteLength));
    if (weak !== undefined) headers.set('etag', weak);
    c.res = new Response(body, { status: c.res.status, statusText: c.res.statusText, headers });
  };
}

const acceptsGzip = (accepted = ''): boolean => /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accepted);
