import { invalidClaims } from '../errors/auth-errors.ts';
import { type ClaimTree, readClaimTree, writeClaimTree } from './claims-text.ts';
import type { Claims } from './role-path.ts';

/** Seconds by which clocks may differ. */
const allowedSkew = 30;

/** Times are whole numbers of 64 bits. */
const LONGEST = 2 ** 63;

/** What a genuine token carries. */
export interface TokenClaims {
  readonly claims: Claims;
  /** The same, to the letter. */
  readonly tree: ReadonlyMap<string, ClaimTree>;
}

/** The payload of a genuine token. */
export function parseClaims(payload: Uint8Array): TokenClaims {
  try {
    const tree = readClaimTree(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    if (tree instanceof Map) return { claims: JSON.parse(writeClaimTree(tree)), tree };
  } catch {
    // answered below, like every other payload that is no object
  }
  throw invalidClaims('Parsing claims failed');
}

/**
 * Whether the claims hold here and now (`seconds` since the epoch); the first that does not is the error. Claims that are absent or
 * null are not checked.
 */
export function checkClaims(claims: Claims, seconds: number, audience: string | undefined): void {
  const expires = timeClaim(claims, 'exp');
  if (expires !== undefined && seconds - allowedSkew > expires) throw invalidClaims('JWT expired');
  const notBefore = timeClaim(claims, 'nbf');
  if (notBefore !== undefined && seconds + allowedSkew < notBefore) throw invalidClaims('JWT not yet valid');
  const issuedAt = timeClaim(claims, 'iat');
  if (issuedAt !== undefined && seconds + allowedSkew < issuedAt) throw invalidClaims('JWT issued at future');
  checkAudience(claims.aud, audience);
}

/** Whole seconds; a number that is none counts as the epoch, as in PostgREST. */
function timeClaim(claims: Claims, name: 'exp' | 'nbf' | 'iat'): number | undefined {
  const value = claims[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number') throw invalidClaims(`The JWT '${name}' claim must be a number`);
  return Number.isInteger(value) && Math.abs(value) < LONGEST ? value : 0;
}

function checkAudience(value: unknown, audience: string | undefined): void {
  if (value === undefined || value === null) return;
  const audiences = Array.isArray(value) ? value : [value];
  if (!audiences.every((entry) => typeof entry === 'string'))
    throw invalidClaims("The JWT 'aud' claim must be a string or an array of strings");
  if (audience !== undefined && audiences.length > 0 && !audiences.includes(audience))
    throw invalidClaims('JWT not in audience');
}
