import type { MiddlewareHandler } from 'hono';
import type { HttpEnv } from './env.ts';
import type { Handler } from './layer.ts';

const acceptable = /^[\w.:=+/-]{1,128}$/;

/** Takes a caller's `X-Request-Id` over where it is sane, so that one id follows a request through several services. */
export function identified(handler: Handler): (request: Request) => Promise<Response> {
  return async (request) => {
    const given = request.headers.get('x-request-id');
    const id = given !== null && acceptable.test(given) ? given : crypto.randomUUID();
    const response = await handler(request, id);
    response.headers.set('x-request-id', id);
    return response;
  };
}

/** Where a router's routes look for the id. */
export const idForRoutes: MiddlewareHandler<HttpEnv> = (c, next) => {
  c.set('requestId', c.env.requestId);
  return next();
};
