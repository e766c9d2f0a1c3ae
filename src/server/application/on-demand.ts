import { Hono } from 'hono';
import type { HttpEnv } from '../../http/env.ts';
import { errorHandler, notFound, type Served } from '../../http/errors.ts';
import type { Logger } from '../../http/logger.ts';
import { idForRoutes } from '../../http/request-id.ts';

export interface OnDemand {
  readonly app: Hono;
  /** Loads it before anybody asks. @throws whatever loading it throws */
  load(): Promise<void>;
}

export interface OnDemandOptions {
  /** Patterns of the addresses that are the app's. */
  readonly paths: readonly string[];
  /** Told to whoever asks for something that is not there. */
  readonly served: Served;
  readonly load: () => Promise<Hono>;
  readonly log: Logger;
}

/** An app that is loaded with the first request for it. */
export function onDemand({ paths, served, load, log }: OnDemandOptions): OnDemand {
  let loading: Promise<Hono<HttpEnv>> | undefined;
  const loaded = () => {
    loading ??= load().then((app) => {
      const whole = new Hono<HttpEnv>().use(idForRoutes);
      whole.onError(errorHandler(log));
      whole.notFound(notFound(served));
      return whole.route('/', app);
    });
    return loading;
  };
  const app = new Hono<HttpEnv>();
  for (const path of paths) app.all(path, async (c) => (await loaded()).fetch(c.req.raw, c.env));
  return {
    app: new Hono().route('/', app),
    async load() {
      await loaded();
    },
  };
}
