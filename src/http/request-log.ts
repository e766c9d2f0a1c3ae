import type { MiddlewareHandler } from 'hono';
import type { HttpEnv } from './env.ts';
import type { Logger } from './logger.ts';

/** One finished request, for logs, metrics and the studio's live list. */
export interface RequestObservation {
  readonly id: string;
  readonly method: string;
  /** Path and query, values of filters left out. */
  readonly url: string;
  readonly status: number;
  /** Milliseconds. */
  readonly took: number;
}

export type RequestObserver = (observation: RequestObservation) => void;

/** Parameters that hold names and numbers, never data. */
const structural = new Set(['select', 'columns', 'on_conflict', 'order', 'limit', 'offset']);

/** A URL fit for a log: filters keep their names and lose their values, which may be somebody's data. */
export function loggedUrl(path: string, query: string): string {
  if (query === '' || query === '?') return path;
  const parts = query
    .slice(1)
    .split('&')
    .map((part) => {
      const [name = ''] = part.split('=', 1);
      return structural.has(name.slice(name.lastIndexOf('.') + 1)) ? part : `${name}=…`;
    });
  return `${path}?${parts.join('&')}`;
}

export function requestLog(observers: readonly RequestObserver[]): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const started = performance.now();
    await next();
    const start = c.req.url.indexOf('/', 8);
    const mark = c.req.url.indexOf('?', start);
    const observation: RequestObservation = {
      id: c.var.requestId,
      method: c.req.method,
      url: mark < 0 ? c.req.url.slice(start) : loggedUrl(c.req.url.slice(start, mark), c.req.url.slice(mark)),
      status: c.res.status,
      took: performance.now() - started,
    };
    for (const observe of observers) observe(observation);
  };
}

/** Requests that went wrong are seen at the default level; the rest at debug, so that a busy server isn't its own log's victim. */
export function logTo(log: Logger, everything: boolean): RequestObserver {
  return ({ id, method, url, status, took }) => {
    const level = status >= 500 ? 'error' : status >= 400 ? 'warn' : everything ? 'info' : 'debug';
    log[level]({ id, status, ms: Math.round(took * 10) / 10 }, `${method} ${url}`);
  };
}
