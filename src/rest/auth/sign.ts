import type { JWK } from 'jose';
import { readSecret } from './keys.ts';

/** Makes a token of claims; it lives for so many seconds, an hour unless they are given. */
export type Sign = (claims: Readonly<Record<string, unknown>>, seconds?: number) => Promise<string>;

const HOUR = 3_600;

/** Signs with a plain secret (HS256). */
export const claimsSigner = (secret: string): Sign => signerWith(new TextEncoder().encode(secret), 'HS256');

/**
 * Signs with `jwt-secret`, so that whoever verifies with it takes the token; undefined where it has nothing but public keys.
 * @throws HutchError `config_invalid_value` for a secret that cannot be read
 */
export function signerOf(secret: string, base64: boolean): Sign | undefined {
  const read = readSecret(secret, base64);
  if (read instanceof Uint8Array) return signerWith(read, 'HS256');
  for (const jwk of read) {
    const algorithm = algorithmOf(jwk);
    if (algorithm !== undefined) return signerWith(jwk, algorithm);
  }
  return undefined;
}

/** What a key signs with; undefined for a public one. */
function algorithmOf(jwk: JWK): string | undefined {
  if (jwk.kty !== 'oct' && jwk.d === undefined) return undefined;
  return jwk.alg ?? usual.get(jwk.kty === 'EC' ? jwk.crv : jwk.kty);
}

/** By the type of a key, or by its curve. */
const usual: ReadonlyMap<string | undefined, string> = new Map([
  ['oct', 'HS256'],
  ['RSA', 'RS256'],
  ['OKP', 'EdDSA'],
  ['P-256', 'ES256'],
  ['P-384', 'ES384'],
  ['P-521', 'ES512'],
]);

function signerWith(key: JWK | Uint8Array, alg: string): Sign {
  return async (claims, seconds = HOUR) => {
    const { importJWK, SignJWT } = await import('jose');
    const isPlain = key instanceof Uint8Array;
    const now = Math.floor(Date.now() / 1_000);
    return new SignJWT({ ...claims })
      .setProtectedHeader({ alg, typ: 'JWT', ...(!isPlain && key.kid !== undefined && { kid: key.kid }) })
      .setIssuedAt(now)
      .setExpirationTime(now + seconds)
      .sign(isPlain ? key : await importJWK(key, alg));
  };
}
