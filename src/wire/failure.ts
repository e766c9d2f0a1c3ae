import { ConnectionError, DatabaseError } from '../db/index.ts';
import { isHutchError } from '../errors/index.ts';
import type { Failure } from './protocol/replies.ts';

/** SQLSTATEs that the port itself reports. */
export const CODES = {
  queryCanceled: '57014',
  adminShutdown: '57P01',
  crashShutdown: '57P02',
  idleInTransaction: '25P03',
  lockNotAvailable: '55P03',
  tooManyConnections: '53300',
  featureNotSupported: '0A000',
  protocolViolation: '08P01',
  connectionFailure: '08006',
  invalidPassword: '28P01',
  invalidAuthorization: '28000',
  undefinedDatabase: '3D000',
  internal: 'XX000',
} as const;

/** The Postgres error that a client is told for whatever was thrown. */
export function failureOf(error: unknown, severity: Failure['severity'] = 'ERROR'): Failure {
  if (error instanceof DatabaseError) {
    const { detail, hint } = error.fields;
    return { severity, code: error.code, message: error.message, detail, hint };
  }
  if (error instanceof ConnectionError) return connectionFailure(error, severity);
  if (isHutchError(error)) {
    return { severity, code: CODES.internal, message: error.message, detail: error.details ?? undefined };
  }
  return { severity, code: CODES.internal, message: 'the Postgres port failed on this' };
}

function connectionFailure(error: ConnectionError, severity: Failure['severity']): Failure {
  switch (error.code) {
    case 'pool_timeout':
      return {
        severity,
        code: CODES.lockNotAvailable,
        message: 'the database was busy all the time',
        detail: 'The embedded Postgres has one session, and another client or a request of the server kept it.',
        hint: 'End the transaction that is open elsewhere, and try again.',
      };
    case 'closed':
      return { severity: 'FATAL', code: CODES.adminShutdown, message: 'the server is shutting down' };
    default:
      return {
        severity,
        code: CODES.crashShutdown,
        message: 'the embedded Postgres was restarted while this was running',
        hint: 'What had not been committed is undone; try again.',
      };
  }
}
