import {
  type CompactVerifyResult,
  type CryptoKey,
  compactVerify,
  createRemoteJWKSet,
  errors,
  importJWK,
  type JWSHeaderParameters,
} from 'jose';
import { jwtSecretMissing, undecodableJwt } from '../errors/auth-errors.ts';
import { keysUnavailable } from '../errors/extension-errors.ts';
import { isObject } from '../json-object.ts';
import { parseClaims, type TokenClaims } from './claims.ts';
import type { VerificationKey } from './keys.ts';

/** Verifies a token's signature and gives its claims. */
export type TokenVerifier = (token: string) => Promise<TokenClaims>;

const algorithms = /^(HS(256|384|512)|[RP]S(256|384|512)|ES(256|384|512)|EdDSA|Ed25519)$/;

/** By the keys at hand, then by those at the address. */
export function createVerifier(keys: readonly VerificationKey[] | undefined, url: string | undefined): TokenVerifier {
  const local = keys === undefined ? undefined : verifierWith(keys);
  const remote = url === undefined ? undefined : verifierAt(url);
  if (local !== undefined && remote !== undefined) return (token) => local(token).catch(() => remote(token));
  const only = local ?? remote;
  if (only === undefined) throw jwtSecretMissing();
  return only;
}

/** By keys at hand: those that the header's `kid` and `alg` allow, one after the other. */
function verifierWith(keys: readonly VerificationKey[]): TokenVerifier {
  const imported = new ImportedKeys();
  return async (token) => {
    const header = readHeader(token);
    const suitable = keys.filter((key) => (header.kid === undefined || key.id === header.kid) && key.fits(header.alg));
    if (suitable.length === 0) throw noKey('No suitable key was found to decode the JWT');
    for (const candidate of suitable) {
      const payload = await verified(token, imported.get(candidate, header.alg), header.alg);
      if (payload !== undefined) return parseClaims(payload);
    }
    throw noKey('None of the keys was able to decode the JWT');
  };
}

/** By the keys at an address, which are fetched when first needed and again when an unknown one is asked for. */
function verifierAt(url: string): TokenVerifier {
  const keys = createRemoteJWKSet(new URL(url), {
    timeoutDuration: 5_000,
    cooldownDuration: 30_000,
    cacheMaxAge: 600_000,
  });
  return async (token) => {
    readHeader(token);
    try {
      return parseClaims((await verifyWithSet(token, keys)).payload);
    } catch (error) {
      throw remoteFault(error);
    }
  };
}

/** A set may have several keys for a token without a key id: each is tried. */
async function verifyWithSet(token: string, keys: ReturnType<typeof createRemoteJWKSet>): Promise<CompactVerifyResult> {
  try {
    return await compactVerify(token, keys);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      const result = await compactVerify(token, key).catch(() => undefined);
      if (result !== undefined) return result;
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

function remoteFault(error: unknown): unknown {
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JOSENotSupported)
    return noKey('No suitable key was found to decode the JWT');
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWSInvalid)
    return noKey('None of the keys was able to decode the JWT');
  return error instanceof errors.JOSEError || error instanceof TypeError ? keysUnavailable(error) : error;
}

const noKey = (details: string) => undecodableJwt('No suitable key or wrong key type', details);

async function verified(
  token: string,
  key: Promise<CryptoKey | Uint8Array>,
  algorithm: string,
): Promise<Uint8Array | undefined> {
  try {
    return (await compactVerify(token, await key, { algorithms: [algorithm] })).payload;
  } catch {
    // A wrong signature, an unusable key, a critical header: this key does not verify this token.
    return undefined;
  }
}

/** Keys as the verifier wants them, imported once for each algorithm. */
class ImportedKeys {
  readonly #keys = new Map<VerificationKey, Map<string, Promise<CryptoKey | Uint8Array>>>();

  get(key: VerificationKey, algorithm: string): Promise<CryptoKey | Uint8Array> {
    const ofKey = this.#keys.get(key) ?? new Map<string, Promise<CryptoKey | Uint8Array>>();
    const imported = ofKey.get(algorithm) ?? this.#import(key.material, algorithm);
    this.#keys.set(key, ofKey.set(algorithm, imported));
    return imported;
  }

  async #import(material: VerificationKey['material'], algorithm: string): Promise<CryptoKey | Uint8Array> {
    return material instanceof Uint8Array ? material : importJWK(material, algorithm);
  }
}

function readHeader(token: string): JWSHeaderParameters & { readonly alg: string } {
  const parts = token.split('.');
  if (token === '') throw undecodableJwt('Empty JWT is sent in Authorization header');
  if (parts.length !== 3) throw undecodableJwt(`Expected 3 parts in JWT; got ${parts.length}`);
  const header = isBase64url(parts[0]) ? parseHeader(parts[0]) : undefined;
  if (header?.alg === 'none')
    throw undecodableJwt(
      'Wrong or unsupported encoding algorithm',
      "JWT is unsecured but expected 'alg' was not 'none'",
    );
  if (header === undefined || !algorithms.test(header.alg) || !parts.every(isBase64url))
    throw undecodableJwt('JWT cryptographic operation failed');
  return header;
}

/** Without padding; a length of one more than a multiple of four holds no whole byte. */
const isBase64url = (part: string | undefined): part is string =>
  part !== undefined && /^[\w-]*$/.test(part) && part.length % 4 !== 1;

/** Undefined for what is no header of a signed token: an encrypted one's, or one with a name that is no text. */
function parseHeader(part: string): (JWSHeaderParameters & { readonly alg: string }) | undefined {
  try {
    const json: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    if (!isObject(json) || typeof json.alg !== 'string') return undefined;
    const { alg, kid, typ, cty, enc } = json;
    if (alg === 'none') return { alg };
    if (enc !== undefined || ![kid, typ, cty].every(isTextOrNone)) return undefined;
    return { alg, ...(typeof kid === 'string' ? { kid } : {}) };
  } catch {
    return undefined;
  }
}

const isTextOrNone = (value: unknown): boolean => (value ?? null) === null || typeof value === 'string';
