import { CODES } from '../failure.ts';
import type { Failure } from '../protocol/replies.ts';

/** Why a connection is not, or no longer, served: what Postgres itself says then. */

const fatal = (code: string, message: string): Failure => ({ severity: 'FATAL', code, message });

export const tooMany = (): Failure => fatal(CODES.tooManyConnections, 'sorry, too many clients already');

export const invalidMessage = (): Failure => fatal(CODES.protocolViolation, 'invalid message');

export const noReplication = (): Failure => fatal(CODES.featureNotSupported, 'replication is not served on this port');

export const unsupportedProtocol = (version: string): Failure =>
  fatal(CODES.featureNotSupported, `unsupported frontend protocol ${version}: server supports 3.0`);

export const wrongPassword = (user: string): Failure =>
  fatal(CODES.invalidPassword, `password authentication failed for user "${user}"`);

export const tooSlow = (): Failure => fatal(CODES.queryCanceled, 'canceling authentication due to timeout');

export const serverStops = (): Failure =>
  fatal(CODES.adminShutdown, 'terminating connection due to administrator command');
