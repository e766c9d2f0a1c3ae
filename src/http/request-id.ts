import type { MiddlewareHandler } from 'hono';
import type { HttpEnv } from './env.ts';

const acceptable = /^[\w.:=+/-]{1,128}$/;

/** Takes a caller's `X-Request-Id` over where it is sane, so that one id follows a request through several services. */
export function requestId(): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const given = c.req.header('x-request-id');
    const id = given !== undefined && acceptable.test(given) ? given : crypto.randomUUID();
    c.set('requestId', id);
    await next();
    c.res.headers.set('x-request-id', id);
  };
}
