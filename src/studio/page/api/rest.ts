import { actorToken } from './actor.ts';
import { failureOf } from './failure.ts';

export const REST = '/rest/v1';

export interface RestRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A schema other than the first exposed one. */
  readonly schema?: string;
  readonly signal?: AbortSignal;
}

/** Requests of the page say so in their id, so that the live view can leave them out. */
const OWN_ID = 'studio-';

/** Calls the public API as whoever the page acts as. @throws Failure for any answer that is not a success */
export async function rest(path: string, request: RestRequest = {}): Promise<Response> {
  const { method = 'GET', body, schema, signal } = request;
  const headers = new Headers(request.headers);
  const token = await actorToken();
  if (token !== null) headers.set('authorization', `Bearer ${token}`);
  headers.set('x-request-id', OWN_ID + crypto.randomUUID().slice(0, 8));
  if (schema !== undefined)
    headers.set(method === 'GET' || method === 'HEAD' ? 'accept-profile' : 'content-profile', schema);
  if (body !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json');
  const response = await fetch(REST + path, { method, headers, body, signal });
  if (!response.ok) throw await failureOf(response);
  return response;
}

/** The total of a `Content-Range`: `0-99/285`; null where it is not told. */
export function totalOf(response: Response): number | null {
  const total = response.headers.get('content-range')?.split('/')[1];
  return total === undefined || total === '*' ? null : Number(total);
}
