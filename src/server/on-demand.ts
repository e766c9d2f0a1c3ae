import { Hono } from 'hono';
import type { HttpEnv } from '../http/env.ts';
import { errorHandler, notFound } from '../http/errors.ts';
import type { Logger } from '../http/logger.ts';
import { idForRoutes } from '../http/request-id.ts';

/** Everything at and below an address, by an app that is loaded with the first request for it. */
export function onDemand(address: string, load: () => Promise<Hono>, log: Logger): Hono {
  let loading: Promise<Hono<HttpEnv>> | undefined;
  const loaded = () => {
    loading ??= load().then((app) => {
      const whole = new Hono<HttpEnv>().use(idForRoutes);
      whole.onError(errorHandler(log));
      whole.notFound(notFound(() => [address]));
      return whole.route('/', app);
    });
    return loading;
  };
  const app = new Hono<HttpEnv>();
  for (const path of [address, `${address}/*`]) app.all(path, async (c) => (await loaded()).fetch(c.req.raw, c.env));
  return new Hono().route('/', app);
}
