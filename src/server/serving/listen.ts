import http from 'node:http';
import type { Server } from 'bun';
import { onPort } from './next-port.ts';

/** Room for the headers themselves, in bytes. */
const HEADERS = 16 * 1_024;

/** Seconds that a connection may be idle and a request may take to come or be answered: longer than a statement may run. */
const IDLE = 255;

export interface ListenOptions {
  readonly hostname: string;
  readonly port: number;
  /** Takes the next free port where the wanted one is busy; an error otherwise. */
  readonly nextFree: boolean;
  /** Characters of the longest URL that shall be answered in our own shape, were it too long or not. */
  readonly urlLimit: number;
  readonly fetch: (request: Request) => Response | Promise<Response>;
}

/**
 * Starts Bun's HTTP server. Bodies are bounded by our own limits, which answer in the dialect's shape and let bulk bodies stream.
 * @throws HutchError `port_in_use`
 */
export function listen({ hostname, port, nextFree, urlLimit, fetch }: ListenOptions): Server<undefined> {
  allowHeaders(2 * urlLimit + HEADERS);
  const options = { hostname, idleTimeout: IDLE, maxRequestBodySize: Number.MAX_SAFE_INTEGER };
  return onPort(port, nextFree, 'port', (candidate) =>
    Bun.serve({ ...options, port: candidate, fetch: (request) => fetch(addressed(request)) }),
  );
}

/** Without a `Host` that names one, as health checks by HTTP/1.0 come, Bun gives a path in place of a URL. */
const addressed = (request: Request): Request =>
  request.url.startsWith('/') ? new Request(`http://localhost${request.url}`, request) : request;

/** Lets a request take as long as it does, until it is told to hurry again: Bun counts its time even where data flows all the while. */
export function hurried(server: Server<undefined>, request: Request, hurry: boolean): void {
  server.timeout(request, hurry ? IDLE : 0);
}

/** Bun ends a request whose line and headers pass its limit with a bare 431; Node's module holds that limit for both. */
function allowHeaders(bytes: number): void {
  if (http.maxHeaderSize < bytes) Object.assign(http, { maxHeaderSize: bytes });
}
