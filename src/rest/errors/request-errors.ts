/** PGRST1xx: what is wrong with the request itself, or with what the database made of it. */
import { DialectError } from './dialect-error.ts';

/** A query parameter that the grammar refuses: `message` names it and the place, `details` what was expected. */
export const queryParameter = (message: string, details: string) =>
  new DialectError(400, 'PGRST100', message, { details });

export const rpcMethod = (method: string) =>
  new DialectError(405, 'PGRST101', `Cannot use the ${method} method on RPC`);

export const invalidBody = (message: string) => new DialectError(400, 'PGRST102', message);

export type RangeFault = 'negative-limit' | 'lower-above-upper' | { readonly offset: number; readonly total: number };

export function invalidRange(fault: RangeFault): DialectError {
  return new DialectError(416, 'PGRST103', 'Requested range not satisfiable', { details: rangeDetails(fault) });
}

function rangeDetails(fault: RangeFault): string {
  if (fault === 'negative-limit') return 'Limit should be greater than or equal to zero.';
  if (fault === 'lower-above-upper')
    return 'The lower boundary must be lower than or equal to the upper boundary in the Range header.';
  return `An offset of ${fault.offset} was requested, but there are only ${fault.total} rows.`;
}

export const putFilters = () =>
  new DialectError(405, 'PGRST105', "Filters must include all and only primary key columns with 'eq' operators");

export const unacceptableSchema = (schema: string, exposed: readonly string[]) =>
  new DialectError(406, 'PGRST106', `Invalid schema: ${schema}`, {
    hint: `Only the following schemas are exposed: ${exposed.join(', ')}`,
  });

/** `accepted` in the dialect's own spelling of media types, in the client's order of preference. */
export const mediaTypeUnavailable = (accepted: readonly string[]) =>
  new DialectError(406, 'PGRST107', `None of these media types are available: ${accepted.join(', ')}`);

/** A filter, order or limit on something that is not embedded; `alias` where only its alias may be used. */
export function notEmbedded(
  resource: string,
  aliased?: { readonly name: string; readonly alias: string },
): DialectError {
  const message = `'${resource}' is not an embedded resource in this request`;
  if (aliased === undefined)
    return new DialectError(400, 'PGRST108', message, {
      hint: `Verify that '${resource}' is included in the 'select' query parameter.`,
    });
  return new DialectError(400, 'PGRST108', message, {
    details: 'Target names are not allowed in filters if they have an alias',
    hint: `Change '${aliased.name}' to '${aliased.alias}' in filters, orders or limits.`,
  });
}

export const invalidHeadersSetting = () =>
  new DialectError(
    500,
    'PGRST111',
    'response.headers guc must be a JSON array composed of objects with a single key and a string value',
  );

export const invalidStatusSetting = () =>
  new DialectError(500, 'PGRST112', 'response.status guc must be a valid status code');

export const putRange = () =>
  new DialectError(400, 'PGRST114', 'limit/offset querystring parameters are not allowed for PUT');

export const putKeyMismatch = () =>
  new DialectError(400, 'PGRST115', 'Payload values do not match URL in primary key column(s)');

export const notSingular = (rows: number) =>
  new DialectError(406, 'PGRST116', 'Cannot coerce the result to a single JSON object', {
    details: `The result contains ${rows} rows`,
  });

export const unsupportedMethod = (method: string) =>
  new DialectError(405, 'PGRST117', `Unsupported HTTP method: ${method}`);

export const relatedOrderNotToOne = (origin: string, target: string) =>
  new DialectError(400, 'PGRST118', `A related order on '${target}' is not possible`, {
    details: `'${origin}' and '${target}' do not form a many-to-one or one-to-one relationship`,
  });

/** What a function that raises SQLSTATE PGRST got wrong. */
export type RaiseFault =
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'detail'; readonly text: string }
  | { readonly kind: 'no-detail' };

export function unreadableRaise(fault: RaiseFault): DialectError {
  const message = 'Could not parse JSON in the "RAISE SQLSTATE \'PGRST\'" error';
  return new DialectError(500, 'PGRST121', message, { details: raiseDetails(fault), hint: raiseHint(fault) });
}

function raiseDetails(fault: RaiseFault): string {
  if (fault.kind === 'no-detail') return 'DETAIL is missing in the RAISE statement';
  return `Invalid JSON value for ${fault.kind === 'message' ? 'MESSAGE' : 'DETAIL'}: '${fault.text}'`;
}

function raiseHint(fault: RaiseFault): string {
  return fault.kind === 'message'
    ? "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional keys: 'details', 'hint'."
    : "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: 'status_text'.";
}

export const invalidPreferences = (unknown: readonly string[]) =>
  new DialectError(400, 'PGRST122', 'Invalid preferences given with handling=strict', {
    details: `Invalid preferences: ${unknown.join(', ')}`,
  });

export const aggregatesNotAllowed = () =>
  new DialectError(400, 'PGRST123', 'Use of aggregate functions is not allowed');

export const maxAffectedExceeded = (rows: number) =>
  new DialectError(400, 'PGRST124', 'Query result exceeds max-affected preference constraint', {
    details: `The query affects ${rows} rows`,
  });

export const invalidPath = () => new DialectError(404, 'PGRST125', 'Invalid path specified in request URL');

export const openapiDisabled = () => new DialectError(404, 'PGRST126', 'Root endpoint metadata is disabled');

export const notImplemented = (details: string) =>
  new DialectError(400, 'PGRST127', 'Feature not implemented', { details });

export const maxAffectedOnScalar = () =>
  new DialectError(
    400,
    'PGRST128',
    'Function must return SETOF or TABLE when max-affected preference is used with handling=strict',
  );
