import http from 'node:http';
import type { Server } from 'bun';
import { HutchError } from '../errors/index.ts';

/** Room for the headers themselves, in bytes. */
const HEADERS = 16 * 1_024;

/** How many ports are tried above the wanted one. */
const PORT_ATTEMPTS = 20;

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
 * Starts Bun's HTTP server. Bodies are bounded by our own limits, which answer in the dialect's shape and let bulk bodies
 * stream; idle connections are kept longer than a statement may run.
 * @throws HutchError `port_in_use`
 */
export function listen({ hostname, port, nextFree, urlLimit, fetch }: ListenOptions): Server<undefined> {
  allowHeaders(2 * urlLimit + HEADERS);
  const last = nextFree && port !== 0 ? Math.min(port + PORT_ATTEMPTS, 65_535) : port;
  for (let candidate = port; candidate <= last; candidate++) {
    try {
      return Bun.serve({
        hostname,
        port: candidate,
        fetch,
        idleTimeout: 255,
        maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      });
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
  }
  throw new HutchError('port_in_use', {
    details: `${hostname}:${port}${last > port ? ` to ${last}` : ''}`,
    hint: 'Stop what uses it, or choose another with --port; --port 0 picks a free one',
    field: 'port',
  });
}

/** Bun ends a request whose line and headers pass its limit with a bare 431; Node's module holds that limit for both. */
function allowHeaders(bytes: number): void {
  if (http.maxHeaderSize < bytes) Object.assign(http, { maxHeaderSize: bytes });
}

const isBusy = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
