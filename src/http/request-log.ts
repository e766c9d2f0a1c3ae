import { pathAt } from './address.ts';
import type { Layer } from './layer.ts';
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

/** A URL from its path on, fit for a log: filters keep their names and lose their values, which may be somebody's data. */
export function loggedUrl(url: string): string {
  const start = pathAt(url);
  const mark = url.indexOf('?', start);
  if (mark < 0 || mark === url.length - 1) return url.slice(start, mark < 0 ? undefined : mark);
  const parts = url
    .slice(mark + 1)
    .split('&')
    .map((part) => {
      const [name = ''] = part.split('=', 1);
      return structural.has(name.slice(name.lastIndexOf('.') + 1)) ? part : `${name}=…`;
    });
  return `${url.slice(start, mark)}?${parts.join('&')}`;
}

export function requestLog(observers: readonly RequestObserver[]): Layer {
  return (inner) => async (request, id) => {
    const started = performance.now();
    const response = await inner(request, id);
    const observation = new Observed(id, request, response.status, performance.now() - started);
    for (const observe of observers) observe(observation);
    return response;
  };
}

/** The address is only made fit for a log when somebody asks for it. */
class Observed implements RequestObservation {
  constructor(
    readonly id: string,
    readonly request: Request,
    readonly status: number,
    readonly took: number,
  ) {}

  get method(): string {
    return this.request.method;
  }

  get url(): string {
    return loggedUrl(this.request.url);
  }
}

/** How loud a request of this status is. */
export const levelOf = (status: number, everything: boolean): 'error' | 'warn' | 'info' | 'debug' =>
  status >= 500 ? 'error' : status >= 400 ? 'warn' : everything ? 'info' : 'debug';

/** Requests that went wrong are seen at the default level; the rest at debug, so that a busy server isn't its own log's victim. */
export function logTo(log: Logger, everything: boolean): RequestObserver {
  return (observation) => {
    const { id, status, took } = observation;
    const level = levelOf(status, everything);
    if (!log.isLevelEnabled(level)) return;
    log[level]({ id, status, ms: Math.round(took * 10) / 10 }, `${observation.method} ${observation.url}`);
  };
}
