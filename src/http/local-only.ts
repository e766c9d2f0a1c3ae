import type { MiddlewareHandler } from 'hono';
import { HutchError } from '../errors/index.ts';

/**
 * Guards the developer's tools (studio, SQL console) against web pages of strangers: the Host must name this machine (so a
 * name that an attacker points at 127.0.0.1 is refused: DNS rebinding), and a request that a page makes must come from a
 * page that we served (Origin, and Sec-Fetch-Site where a browser sends it).
 */
export function localOnly(): MiddlewareHandler {
  return async (c, next) => {
    const host = c.req.header('host') ?? '';
    if (!isLocalHost(host)) {
      throw new HutchError('forbidden_host', { details: `Host: ${host}`, hint: 'Use http://localhost or 127.0.0.1' });
    }
    const origin = c.req.header('origin');
    if ((origin !== undefined && !sameHost(origin, host)) || isCrossSite(c.req.header('sec-fetch-site'))) {
      throw new HutchError('forbidden_origin', { details: `Origin: ${origin ?? 'another site'}` });
    }
    await next();
  };
}

/** `localhost`, a name under it, or a loopback address, with or without a port. */
export function isLocalHost(host: string): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name);
}

function sameHost(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
}

const isCrossSite = (site: string | undefined): boolean => site === 'cross-site' || site === 'same-site';
