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
  readonly fetch: (request: Request) => Response | Promise<Response>;
}

/**
 * Starts Bun's HTTP server. Bodies are bounded by our own limits, which answer in the dialect's shape and let bulk bodies stream.
 * @throws HutchError `port_in_use`
 */
export function listen({ hostname, port, nextFree, fetch }: ListenOptions): Server<undefined> {
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

/**
 * Lets URLs up to twice their limit be answered in our own shape, were they too long or not: Bun ends a request whose line and headers pass
 * a limit of its own with a bare 431. Node's module holds that limit for both; it takes as long to load as all of our pipeline.
 */
export async function allowHeaders(urlLimit: number): Promise<void> {
  const { default: http } = await import('node:http');
  const bytes = 2 * urlLimit + HEADERS;
  if (http.maxHeaderSize < bytes) Object.assign(http, { maxHeaderSize: bytes });
}
