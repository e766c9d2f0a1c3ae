import { readFileSync } from 'node:fs';
import type { JWK } from 'jose';
import { HutchError } from '../../errors/index.ts';
import { isObject } from '../json-object.ts';

/** A key that may verify tokens, with what its JWK says of its use. */
export interface VerificationKey {
  /** Its `kid`. Tokens that name a key are only verified by that one, so never by a plain secret. */
  readonly id: string | undefined;
  /** The public part where there is a private one; the bytes of a plain secret. */
  readonly material: JWK | Uint8Array;
  fits(algorithm: string): boolean;
}

const shortestSecret = 32;

/** The keys of `jwt-secret`, as they verify. @throws HutchError as `readSecret` */
export function readKeys(secret: string, base64: boolean): readonly VerificationKey[] {
  const read = readSecret(secret, base64);
  return read instanceof Uint8Array ? [plainKey(read)] : read.map(keyOfJwk);
}

/**
 * `jwt-secret`: a JWKS, a JWK, or a plain secret for HS256, of at least 32 bytes; `@file` reads it from there. With
 * `base64` (either alphabet) it is decoded first.
 * @throws HutchError `config_invalid_value`, which never shows the secret
 */
export function readSecret(secret: string, base64: boolean): Uint8Array | readonly JWK[] {
  const text = secret.startsWith('@') ? readSecretFile(secret.slice(1)) : secret;
  const bytes = base64 ? decodeBase64(text) : Buffer.from(text);
  const jwks = readJwks(bytes.toString('utf8'));
  if (jwks !== undefined) return jwks.filter((jwk) => jwk.use !== 'enc');
  if (bytes.length < shortestSecret) throw invalid('The JWT secret must be at least 32 characters long.');
  return bytes;
}

const invalid = (details: string) =>
  new HutchError('config_invalid_value', {
    message: 'The JWT secret is not valid',
    details,
    field: 'PGRST_JWT_SECRET',
  });

function readSecretFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/\n$/, '');
  } catch {
    throw invalid(`The file ${path} cannot be read.`);
  }
}

function decodeBase64(text: string): Buffer {
  const standard = text.trim().replaceAll('-', '+').replaceAll('_', '/').replaceAll('.', '=');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(standard) || standard.length % 4 !== 0) throw invalid('It is not base64.');
  return Buffer.from(standard, 'base64');
}

function readJwks(text: string): readonly JWK[] | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const json: unknown = JSON.parse(text);
    if (!isObject(json)) return undefined;
    const keys = Array.isArray(json.keys) ? json.keys : [json];
    return keys.every(isJwk) ? keys : undefined;
  } catch {
    return undefined;
  }
}

const isJwk = (value: unknown): value is JWK => isObject(value) && typeof value.kty === 'string';

function plainKey(bytes: Uint8Array): VerificationKey {
  return { id: undefined, material: bytes, fits: (algorithm) => algorithm === 'HS256' };
}

function keyOfJwk(jwk: JWK): VerificationKey {
  const family = familyOf(jwk);
  return {
    id: jwk.kid,
    material: publicPart(jwk),
    fits: (algorithm) => (jwk.alg === undefined || jwk.alg === algorithm) && family.test(algorithm),
  };
}

/** The algorithms that a key of this type can verify. */
function familyOf(jwk: JWK): RegExp {
  switch (jwk.kty) {
    case 'oct':
      return /^HS(256|384|512)$/;
    case 'RSA':
      return /^[RP]S(256|384|512)$/;
    case 'OKP':
      return /^(EdDSA|Ed25519)$/;
    case 'EC':
      return /^ES(256|384|512)$/;
    default:
      return /^\b$/;
  }
}

/** A private key verifies by its public part. */
function publicPart(jwk: JWK): JWK {
  if (jwk.kty === 'oct') return jwk;
  const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, oth: _oth, key_ops: _ops, ...rest } = jwk;
  return rest;
}
