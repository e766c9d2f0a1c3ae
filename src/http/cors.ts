import type { Layer } from './layer.ts';

/**
 * CORS exactly as PostgREST's: any origin unless some are named (then those alone, with credentials); a preflight answers 200
 * and allows whatever headers it asks for; an origin that is not allowed gets an answer without CORS headers.
 */
export function cors(allowed: readonly string[]): Layer {
  const origins = new Set(allowed);
  return (inner) => (request, id) => {
    const origin = request.headers.get('origin');
    if (origin === null || (origins.size > 0 && !origins.has(origin))) return inner(request, id);
    const asked = request.method === 'OPTIONS' && request.headers.has('access-control-request-method');
    return asked ? preflight(origins, origin, request) : shared(origins, origin, inner(request, id));
  };
}

async function shared(
  origins: ReadonlySet<string>,
  origin: string,
  answer: Response | Promise<Response>,
): Promise<Response> {
  const response = await answer;
  for (const [name, value] of Object.entries(originHeaders(origins, origin))) response.headers.set(name, value);
  response.headers.set('access-control-expose-headers', exposed);
  return response;
}

const exposed =
  'Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server, Transfer-Encoding, Range-Unit';

function originHeaders(origins: ReadonlySet<string>, origin: string): Record<string, string> {
  if (origins.size === 0) return { 'access-control-allow-origin': '*' };
  return { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' };
}

function preflight(origins: ReadonlySet<string>, origin: string, { headers }: Request): Response {
  const wanted = headers.get('access-control-request-headers') ?? '';
  const asked = wanted.split(',').flatMap((header) => (header.trim() === '' ? [] : [header.trim()]));
  return new Response(null, {
    headers: {
      ...originHeaders(origins, origin),
      'access-control-allow-methods': 'GET, POST, PATCH, PUT, DELETE, OPTIONS, HEAD',
      'access-control-allow-headers': ['Authorization', ...asked, 'Accept', 'Accept-Language', 'Content-Language'].join(
        ', ',
      ),
      'access-control-max-age': '86400',
    },
  });
}
