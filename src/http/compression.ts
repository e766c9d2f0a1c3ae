import type { Layer } from './layer.ts';

/** Below about one network packet there is nothing to win. */
const LEAST = 1_400;
/** Above this a body is left alone: it would hold up every other request while it is compressed. */
const MOST = 8 * 1_048_576;
const compressible = /^(application\/(.*json|javascript|xml|sql)|text\/|image\/svg)/;

/**
 * Compresses whole bodies in one synchronous call, which for the sizes an API sends is several times faster than a stream;
 * a streamed body has no length and passes as it is.
 */
export function compression(): Layer {
  return (inner) => async (request, id) => {
    const response = await inner(request, id);
    const { headers } = response;
    const length = Number(headers.get('content-length') ?? Number.NaN);
    if (!(length >= LEAST && length <= MOST) || !compressible.test(headers.get('content-type') ?? '')) return response;
    if (headers.has('content-encoding') || request.method === 'HEAD') return response;
    headers.append('vary', 'Accept-Encoding');
    return acceptsGzip(request.headers.get('accept-encoding')) ? compressed(response) : response;
  };
}

async function compressed(response: Response): Promise<Response> {
  const { status, statusText, headers } = response;
  const body = Bun.gzipSync(new Uint8Array(await response.arrayBuffer()), { level: 1 });
  const weak = headers.get('etag')?.replace(/^(?!W\/)/, 'W/');
  headers.set('content-encoding', 'gzip');
  headers.set('content-length', String(body.byteLength));
  if (weak !== undefined) headers.set('etag', weak);
  return new Response(body, { status, statusText, headers });
}

const acceptsGzip = (accepted: string | null): boolean => /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accepted ?? '');
