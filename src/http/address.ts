/** Where the dialect is served. */
export const MOUNT = '/rest/v1';

/** Where its description is, below the mount: an OpenAPI 3.1 document. */
export const SPEC = `${MOUNT}/openapi.json`;

/** Where a URL's path begins: at once where the client named no host, as HTTP/1.0 allows. */
export const pathAt = (url: string): number => (url.startsWith('/') ? 0 : url.indexOf('/', url.indexOf('://') + 3));

/** A URL from its path on. */
export const fromPath = (url: string): string => url.slice(pathAt(url));

/** What stands for the host where the client named none. */
export const NO_HOST = 'http://localhost';

/** A request whose URL is whole, as routers want it. */
export const hosted = (request: Request): Request =>
  request.url.startsWith('/') ? new Request(NO_HOST + request.url, request) : request;

/** Whether a URL's path is this one or lies below it. */
export function isBelow(url: string, path: string): boolean {
  const start = pathAt(url);
  if (!url.startsWith(path, start)) return false;
  const next = url[start + path.length];
  return next === undefined || next === '/' || next === '?';
}

/** Path below the mount and query, as they were sent. */
export function addressOf(url: string): { readonly path: string; readonly query: string } {
  const start = pathAt(url) + MOUNT.length;
  const mark = url.indexOf('?', start);
  return mark < 0
    ? { path: url.slice(start), query: '' }
    : { path: url.slice(start, mark), query: url.slice(mark + 1) };
}
