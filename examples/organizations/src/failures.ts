import { createMiddleware } from 'hono/factory';

/**
 * Names what failed where a handler throws. Status and cause come from the server (409 and `23505` for a value that is taken, 403 and
 * `42501` for a policy's refusal, a bare 500 for a fault of ours, which it logs), and the request's transaction is rolled back.
 */
export const failsAs = (error: string) =>
  createMiddleware(async (c, next) => {
    await next();
    if (!c.error) return;
    const { status } = c.res;
    const said: unknown = await c.res.json().catch(() => undefined);
    c.res = Response.json({ error, ...(typeof said === 'object' && said) }, { status });
  });
