import type { ApiRequest } from '../parse/types.ts';

/** The request, but for these changes. Says what the request makes only when asked, which a spread leaves behind. */
export function requestWith(request: ApiRequest, changes: Partial<ApiRequest>): ApiRequest {
  const { conditions, headers, cookies, shape } = request;
  const canonicalQuery = () => request.canonicalQuery();
  return { ...request, conditions, headers, cookies, shape, canonicalQuery, ...changes };
}
