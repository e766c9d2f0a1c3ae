import type { Layer } from './layer.ts';

/**
 * CORS exactly as PostgREST's: any origin unless some are named (then those alone, with credentials); a preflight answers 200
 * and allows whatever headers it asks for. An origin that is not allowed gets an answer without CORS headers, and so does an
 * OPTIONS request that is no preflight.
 */
export function cors(allowed: readonly string[]): Layer {
  const origins = new Set(allowed);
  return (inner) => (request, id) => {
    const origin = request.headers.get('origin');
    if (origin === null || (origins.size > 0 && !origins.has(origin))) return inner(request, id);
    if (request.method !== 'OPTIONS') return shared(origins, origin, inner(request, id));
    return preflight(origins, origin, request) ?? inner(request, id);
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

const methods = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'];

function preflight(origins: ReadonlySet<string>, origin: string, { headers }: Request): Response | undefined {
  if (!methods.includes(headers.get('access-control-request-method') ?? '')) return undefined;
  const wanted = namesIn(headers.get('access-control-request-headers') ?? '');
  if (!wanted.every(isName)) return undefined;
  return new Response(null, {
    headers: {
      ...originHeaders(origins, origin),
      'access-control-allow-methods': methods.join(', '),
      ...(headers.has('access-control-request-headers') && { 'access-control-allow-headers': allowedHeaders(wanted) }),
      'access-control-max-age': '86400',
    },
  });
}

const namesIn = (list: string): readonly string[] => (list === '' ? [] : list.split(',').map((name) => name.trim()));

/** Without blanks, controls and separators. */
const isName = (name: string): boolean => !/[\p{Cc}\s()<>@;:\\"/[\]?={}]/u.test(name);

/** All that is asked for, and those that every browser may send. */
function allowedHeaders(named: readonly string[]): string {
  const asked = ['Authorization', ...named];
  const known = new Set(asked.map((name) => name.toLowerCase()));
  const usual = ['Accept', 'Accept-Language', 'Content-Language'].filter((name) => !known.has(name.toLowerCase()));
  return [...asked, ...usual].join(', ');
}
