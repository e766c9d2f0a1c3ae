import type { Live } from './live.ts';

export interface WatchOptions {
  /** The address as it may be shown, from its path on. */
  readonly shownUrl: (url: string) => string;
  /** Small JSON bodies, and the answers to what was refused, are recorded while somebody watches (development). */
  readonly bodies?: boolean;
}

/** Bytes of a body that are worth keeping for a copied request. */
const BODY = 16_384;
/** Request headers that change what a request means; the token is not among them. */
const telling = ['prefer', 'accept', 'accept-profile', 'content-profile', 'content-type', 'range'];

type Handler = (request: Request, id: string) => Response | Promise<Response>;

/** Tells a `Live` of every request but the studio's own. */
export function watchRequests(live: Live, { shownUrl, bodies = false }: WatchOptions): (inner: Handler) => Handler {
  return (inner) => async (request, id) => {
    const url = shownUrl(request.url);
    if (STUDIO.test(url)) return inner(request, id);
    const startedAt = Date.now();
    const start = performance.now();
    const body = bodies && live.watched ? await smallBody(request) : null;
    const response = await inner(request, id);
    live.request({
      id,
      method: request.method,
      url,
      status: response.status,
      startedAt,
      took: performance.now() - start,
      stages: stagesOf(response.headers.get('server-timing') ?? ''),
      headers: Object.fromEntries(telling.flatMap((name) => headerOf(request.headers.get(name), name))),
      body,
      answer: bodies && live.watched ? await refusal(response) : null,
    });
    return response;
  };
}

const STUDIO = /^\/studio(?:[/?]|$)/;

const headerOf = (value: string | null, name: string): [string, string][] =>
  value === null || value === '*/*' ? [] : [[name, value]];

async function smallBody(request: Request): Promise<string | null> {
  const length = Number(request.headers.get('content-length') ?? 0);
  if (!(length > 0 && length <= BODY) || !/json/.test(request.headers.get('content-type') ?? '')) return null;
  return request
    .clone()
    .text()
    .catch(() => null);
}

/** What an error says; its body is small. */
async function refusal(response: Response): Promise<string | null> {
  if (response.status < 400 || !/json/.test(response.headers.get('content-type') ?? '')) return null;
  const text = await response.clone().text();
  return text.length > BODY ? null : text;
}

function stagesOf(header: string): readonly (readonly [string, number])[] {
  return [...header.matchAll(/([\w-]+);dur=([\d.]+)/g)].map(([, name = '', ms]) => [name, Number(ms)]);
}
