import type { ErrorHandler, NotFoundHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { HutchError, isHutchError } from '../errors/index.ts';
import type { HttpEnv } from './env.ts';
import type { Logger } from './logger.ts';

/** What a route throws, in the dialect's shape. Whatever is not an error of ours is logged whole and answered bare. */
export function errorHandler(log: Logger): ErrorHandler<HttpEnv> {
  return (error, c) => {
    if (error instanceof HTTPException) return error.getResponse();
    if (!isHutchError(error)) log.error({ id: c.var.requestId, err: error }, 'a request failed');
    const known = isHutchError(error) ? error : new HutchError('internal', { cause: error });
    return Response.json(known, { status: known.status, headers: retryHeaders(known.status) });
  };
}

/** A 503 passes: a restart takes about a second. */
const retryHeaders = (status: number): Record<string, string> => (status === 503 ? { 'retry-after': '1' } : {});

export function notFound(addresses: () => readonly string[]): NotFoundHandler<HttpEnv> {
  return (c) =>
    Response.json(
      new HutchError('not_found', {
        details: `${c.req.method} ${c.req.path}`,
        hint: `Served here: ${addresses().join(', ')}`,
      }),
      { status: 404 },
    );
}
