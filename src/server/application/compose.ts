import type { Config } from '../../config/index.ts';
import { fromPath, isBelow, MOUNT, SPEC } from '../../http/address.ts';
import { compression } from '../../http/compression.ts';
import { cors } from '../../http/cors.ts';
import { around, type Handler, type Layer } from '../../http/layer.ts';
import { limits } from '../../http/limits.ts';
import type { Logger } from '../../http/logger.ts';
import { identified } from '../../http/request-id.ts';
import { loggedUrl, logTo, type RequestObserver, requestLog } from '../../http/request-log.ts';
import type { Live } from '../../studio/live/live.ts';
import { watchRequests } from '../../studio/live/watch.ts';

export interface Parts {
  readonly config: Config;
  readonly log: Logger;
  /** Every request is logged, not just those that failed. */
  readonly logEverything: boolean;
  /** Whole URLs and bodies may be shown in the studio (development). */
  readonly bodies?: boolean;
  /** Told of every request, beside the log. */
  readonly observers?: readonly RequestObserver[];
  /** Origins that browsers may call from; the configuration's where absent. */
  readonly origins?: readonly string[];
  /** Requests are told to it, where the studio is served. */
  readonly live: Live | undefined;
  /** The dialect, at its mount. */
  readonly rest: Handler;
  /** Everything else. */
  readonly others: Handler;
}

/**
 * The whole HTTP application: what stands around every request, then the dialect, which reads addresses itself and so needs no router, or a
 * router.
 */
export function composeApp(parts: Parts): (request: Request) => Promise<Response> {
  const { config, log, live, rest, others } = parts;
  const layers: readonly Layer[] = [
    requestLog([logTo(log, parts.logEverything), ...(parts.observers ?? [])]),
    cors(parts.origins ?? config.cors),
    limits({ body: config.bodyLimit, url: config.urlLimit }),
    ...(live ? [watchRequests(live, { shownUrl: parts.bodies ? fromPath : loggedUrl, bodies: parts.bodies })] : []),
    ...(config.compression ? [compression()] : []),
  ];
  const handler: Handler = (request, id) =>
    isBelow(request.url, MOUNT) && !isBelow(request.url, SPEC) ? rest(request, id) : others(request, id);
  return identified(around(layers, handler));
}
