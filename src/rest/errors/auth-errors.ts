/** PGRST3xx: tokens. */
import { DialectError } from './dialect-error.ts';

export const jwtSecretMissing = () => new DialectError(500, 'PGRST300', 'Server lacks JWT secret');

/** A token that cannot be decoded or whose signature does not hold. */
export const undecodableJwt = (message: string, details: string | null = null) =>
  invalidToken('PGRST301', message, details);

export const anonymousDisabled = () =>
  new DialectError(401, 'PGRST302', 'Anonymous access is disabled', { headers: [['WWW-Authenticate', 'Bearer']] });

/** A token that is genuine, but whose claims do not hold here and now. */
export const invalidClaims = (message: string) => invalidToken('PGRST303', message, null);

function invalidToken(code: string, message: string, details: string | null): DialectError {
  const challenge = `Bearer error="invalid_token", error_description=${JSON.stringify(message)}`;
  return new DialectError(401, code, message, { details, headers: [['WWW-Authenticate', challenge]] });
}
