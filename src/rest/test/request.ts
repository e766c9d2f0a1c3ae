import type { Body } from '../parse/payload.ts';
import { type ParseSettings, parseRequest } from '../parse/request.ts';
import type { ApiRequest } from '../parse/types.ts';

export const parseSettings: ParseSettings = {
  schemas: ['api', 'other'],
  txOverride: true,
  openapi: true,
  rootRoutine: null,
};

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body;
  readonly settings?: Partial<ParseSettings>;
}

/** Parses a request to `/table?query` as a server would. */
export function read(
  target: string,
  { method = 'GET', headers = {}, body = null, settings = {} }: Sent = {},
): ApiRequest {
  const question = target.indexOf('?');
  const path = question < 0 ? target : target.slice(0, question);
  const query = question < 0 ? '' : target.slice(question + 1);
  return parseRequest({ method, path, query, headers: new Headers(headers), body }, { ...parseSettings, ...settings });
}

/** The error that a request is refused with, as its body. */
export function refusal(target: string, sent: Sent = {}): unknown {
  try {
    read(target, sent);
  } catch (error) {
    return error;
  }
  throw new Error(`${target} was not refused`);
}
