/** What Postgres reports, as the dialect answers it. */
import { ConnectionError, DatabaseError } from '../../db/driver.ts';
import { DialectError } from './dialect-error.ts';
import { isStatus, raised } from './raised.ts';
import { connectionLost, databaseAway, poolTimeout } from './server-errors.ts';

/** Whole SQLSTATEs first, then classes; everything else is the client's fault (400). */
const statusOfState: Readonly<Record<string, number>> = {
  '23503': 409, // foreign_key_violation
  '23505': 409, // unique_violation
  '25006': 405, // read_only_sql_transaction
  '42P01': 404, // undefined_table
  '42P17': 500, // infinite recursion in a policy
  '53400': 500, // configuration_limit_exceeded
  '57P01': 503, // admin_shutdown
  P0001: 400, // raise_exception
};

const statusOfClass: Readonly<Record<string, number>> = {
  '08': 503, // connection exception
  '09': 500, // triggered action exception
  '0L': 403, // invalid grantor
  '0P': 403, // invalid role specification
  '25': 500, // invalid transaction state
  '28': 403, // invalid authorization specification
  '2D': 500, // invalid transaction termination
  '38': 500, // external routine exception
  '39': 500, // external routine invocation
  '3B': 500, // savepoint exception
  '40': 500, // transaction rollback
  '53': 503, // insufficient resources
  '54': 500, // too complex
  '55': 500, // object not in prerequisite state
  '57': 500, // operator intervention
  '58': 500, // system error
  F0: 500, // configuration file error
  HV: 500, // foreign data wrapper error
  P0: 500, // PL/pgSQL error
  XX: 500, // internal error
};

/**
 * The answer to an error of the driver; `authenticated` is false for the anonymous role, for which a missing privilege asks
 * for a login. Anything else than the driver's errors is given back unchanged, for the caller to throw on.
 */
export function fromDatabase(error: unknown, authenticated: boolean): unknown {
  if (error instanceof DatabaseError) return answer(error, authenticated);
  if (error instanceof ConnectionError) return unreachable(error);
  return error;
}

function unreachable(error: ConnectionError): DialectError {
  if (error.code === 'pool_timeout') return poolTimeout();
  return error.code === 'restarted' ? connectionLost(error.message) : databaseAway(error.message);
}

function answer(error: DatabaseError, authenticated: boolean): DialectError {
  if (error.code === 'PGRST') return raised(error);
  const custom = customStatus(error);
  const status = custom ?? statusOf(error, authenticated);
  return new DialectError(status, error.code, error.message, {
    details: error.fields.detail ?? null,
    hint: error.fields.hint ?? (isTooLong(error) ? SHORTER : null),
    headers: status === 401 ? [['WWW-Authenticate', 'Bearer']] : [],
    ...(custom === undefined ? {} : { statusText: error.message }),
    cause: error,
  });
}

/** Postgres could not make a text longer: it takes 1 GB at most, and the embedded engine may have no such piece of memory. */
const isTooLong = ({ code, fields }: DatabaseError): boolean =>
  (code === '54000' && fields.routine === 'enlargeStringInfo') ||
  (code === '53200' && /request of size \d{9}/.test(fields.detail ?? ''));

const SHORTER =
  'An answer is one value of at most 1 GB. Ask for fewer rows (limit), or as application/x-ndjson or text/csv, which are streamed.';

/** `raise sqlstate 'PT402'`: the SQLSTATE carries the status, the message is the reason phrase. */
function customStatus(error: DatabaseError): number | undefined {
  if (!error.code.startsWith('PT')) return undefined;
  const digits = error.code.slice(2);
  return /^\d+$/.test(digits) && isStatus(Number(digits)) ? Number(digits) : undefined;
}

/**
 * What a client alone can cause and the dialect answers with a 500: told by the C function that refuses it, so that a function of the schema
 * that raises the same SQLSTATE still means by it what the dialect does.
 */
const refusedByClient: Readonly<Record<string, number>> = {
  '21000 ExecOnConflictUpdate': 400, // an upsert with one key twice in its body
  '55000 error_view_not_updatable': 405, // a write to a view of groups, joins or the like; before 17 by one of the two others
  '55000 rewriteTargetView': 405,
  '55000 CheckValidResultRel': 405,
  'XX000 pg_parser_errhint': 400, // PostGIS: text that is no geometry
  'XX000 pg_error': 400, // PostGIS: GeoJSON or WKB that is none, geometries that do not go together
};

const ruleFor = ({ code, fields }: DatabaseError): string => `${code} ${fields.routine}`;

/** Whether only the client can have caused it, though its SQLSTATE does not say so. */
export const isRefusedByClient = (error: DatabaseError): boolean => ruleFor(error) in refusedByClient;

/** PL/pgSQL's RAISE. */
const RAISED = 'exec_stmt_raise';

/** Class 54: more nested, longer or wider than Postgres can take, of which a request is made long before a server is. */
function refusedForSize({ code, fields }: DatabaseError): boolean {
  return code.startsWith('54') && fields.routine !== RAISED;
}

function statusOf(error: DatabaseError, authenticated: boolean): number {
  const { code, message } = error;
  const refused = refusedByClient[ruleFor(error)] ?? (refusedForSize(error) ? 400 : undefined);
  if (refused !== undefined) return refused;
  switch (code) {
    case '21000': // cardinality_violation; pg-safeupdate raises it for the client's mistake
      return message.endsWith('requires a WHERE clause') ? 400 : 500;
    case '22023': // invalid_parameter_value; a token may name a role that does not exist
      return message.startsWith('role') && message.endsWith('does not exist') ? 401 : 400;
    case '42883': // undefined_function; xmlagg only takes xml
      return message.startsWith('function xmlagg(') ? 406 : 404;
    case '42501': // insufficient_privilege
      return authenticated ? 403 : 401;
  }
  if (code.startsWith('PT')) return 500;
  return statusOfState[code] ?? statusOfClass[code.slice(0, 2)] ?? 400;
}
