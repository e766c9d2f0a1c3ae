/** One request, below the API's root. */
export interface CaseRequest {
  readonly method: string;
  readonly path: string;
  /** One that is sent several times has a list. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
}

type Headers = CaseRequest['headers'];

/** A body that is no text is sent as JSON. */
export function request(method: string, path: string, headers: Headers = {}, body?: unknown): CaseRequest {
  if (body === undefined || typeof body === 'string') return { method, path, headers, body };
  return { method, path, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

export const get = (path: string, headers: Headers = {}): CaseRequest => request('GET', path, headers);

/** `Prefer` where there is one. */
export const prefer = (preference: string): Headers => (preference === '' ? {} : { prefer: preference });

/** Every pair of the two. */
export function* pairs<A, B>(some: readonly A[], others: readonly B[]): Generator<readonly [A, B]> {
  for (const a of some) for (const b of others) yield [a, b];
}

export const encode = encodeURIComponent;
