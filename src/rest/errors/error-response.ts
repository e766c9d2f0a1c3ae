import { isHutchError } from '../../errors/index.ts';
import type { DialectError } from './dialect-error.ts';
import { isDialectError } from './dialect-error.ts';

/** `client-error-verbosity`: `minimal` leaves out `details` and `hint`. */
export type Verbosity = 'verbose' | 'minimal';

/** Clients of the dialect look for this name in `Proxy-Status`. */
const proxyName = 'PostgREST';

/** What the server says when it is to blame and must not say more. */
const internalError = { status: 500, code: 'PGRSTX00', message: 'Something went wrong inside the server' } as const;

/** Statuses that HTTP gives no body; SQL may ask for them, too. */
export const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/** Seconds in `Retry-After` while the database is away. */
const retryAfter = 1;

/** The dialect's answer to any error; those that nobody foresaw become a bare 500 without their text. */
export function errorResponse(error: unknown, verbosity: Verbosity = 'verbose'): Response {
  if (isDialectError(error)) return respond(error, verbosity, error.headers, error.statusText);
  if (isHutchError(error)) return respond(error, verbosity);
  return respond({ ...internalError, details: null, hint: null }, verbosity);
}

type Answer = Pick<DialectError, 'status' | 'code' | 'message' | 'details' | 'hint'>;

function respond(
  answer: Answer,
  verbosity: Verbosity,
  extra: DialectError['headers'] = [],
  statusText?: string,
): Response {
  const headers = new Headers({
    'Content-Type': 'application/json; charset=utf-8',
    'Proxy-Status': `${proxyName}; error=${headerSafe(answer.code)}`,
  });
  if (answer.status === 503) headers.set('Retry-After', String(retryAfter));
  for (const [name, value] of extra) headers.set(name, value);
  const init = statusText === undefined ? { headers } : { headers, statusText: headerSafe(statusText) };
  return new Response(BODILESS.has(answer.status) ? null : errorBody(answer, verbosity), {
    status: answer.status,
    ...init,
  });
}

/** An error as JSON. */
export function errorBody({ code, details, hint, message }: Answer, verbosity: Verbosity): string {
  return JSON.stringify(verbosity === 'minimal' ? { code, message } : { code, details, hint, message });
}

/** A function may raise any text as its code or reason phrase; only printable ASCII may stand in a header. */
function headerSafe(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, ' ');
}
