import type { DatabaseError } from '../../db/driver.ts';
import { headerText, isHeaderName } from '../header-text.ts';
import { isObject, parsedObject } from '../json-object.ts';
import { DialectError } from './dialect-error.ts';
import { unreadableRaise } from './request-errors.ts';

/** `raise sqlstate 'PGRST'`: MESSAGE and DETAIL are JSON and say the whole answer. */
export function raised(error: DatabaseError): DialectError {
  const { detail } = error.fields;
  const message = readMessage(error.message);
  if (message === undefined) return unreadableRaise({ kind: 'message', text: error.message });
  if (detail === undefined) return unreadableRaise({ kind: 'no-detail' });
  const response = readDetail(detail);
  if (response === undefined) return unreadableRaise({ kind: 'detail', text: detail });
  return new DialectError(response.status, message.code, message.message, {
    details: message.details,
    hint: message.hint,
    headers: response.headers,
    ...(response.statusText === undefined ? {} : { statusText: response.statusText }),
    cause: error,
  });
}

interface RaisedMessage {
  readonly code: string;
  readonly message: string;
  readonly details: string | null;
  readonly hint: string | null;
}

function readMessage(text: string): RaisedMessage | undefined {
  const json = parsedObject(text);
  if (json === undefined || typeof json.code !== 'string' || typeof json.message !== 'string') return undefined;
  const details = optionalText(json.details);
  const hint = optionalText(json.hint);
  if (details === undefined || hint === undefined) return undefined;
  return { code: json.code, message: json.message, details, hint };
}

interface RaisedResponse {
  readonly status: number;
  readonly statusText: string | undefined;
  readonly headers: readonly (readonly [string, string])[];
}

function readDetail(text: string): RaisedResponse | undefined {
  const json = parsedObject(text);
  const status = json?.status;
  const statusText = optionalText(json?.status_text);
  const headers = readHeaders(json?.headers);
  if (!isStatus(status) || statusText === undefined || headers === undefined) return undefined;
  return { status, statusText: statusText ?? undefined, headers };
}

function readHeaders(value: unknown): readonly (readonly [string, string])[] | undefined {
  if (!isObject(value)) return undefined;
  const pairs: (readonly [string, string])[] = [];
  for (const name of Object.keys(value).sort()) {
    const header = value[name];
    const text = typeof header === 'string' ? headerText(header) : null;
    if (text === null || !isHeaderName(name)) return undefined;
    pairs.push([name, text]);
  }
  return pairs;
}

/** What a `Response` can carry. */
export function isStatus(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 200 && value <= 599;
}

/** Undefined for what is neither text nor absent. */
function optionalText(value: unknown): string | null | undefined {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : undefined;
}
