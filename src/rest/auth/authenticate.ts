import { LRUCache } from 'lru-cache';
import { anonymousDisabled, undecodableJwt } from '../errors/auth-errors.ts';
import { checkClaims, type TokenClaims } from './claims.ts';
import { claimsText } from './claims-text.ts';
import { readKeys } from './keys.ts';
import { compileRolePath } from './role-path.ts';
import type { TokenVerifier } from './token.ts';

export interface AuthSettings {
  /** `jwt-secret`; undefined where there is none. */
  readonly secret: string | undefined;
  readonly secretIsBase64: boolean;
  /** Where an identity provider publishes its keys; tried after the secret. */
  readonly jwksUrl: string | undefined;
  readonly audience: string | undefined;
  readonly roleClaimKey: string;
  /** Undefined refuses requests without a role. */
  readonly anonRole: string | undefined;
  readonly cacheMaxEntries: number;
  /** Keys as supabase-js sends them (`sb_publishable_…`, `sb_secret_…`) and the roles they stand for. */
  readonly apiKeys: ReadonlyMap<string, string>;
  /** Milliseconds since the epoch; for tests. */
  readonly now?: () => number;
  /** Counted up as tokens are looked for among those that are remembered. */
  readonly counts?: TokenCounts;
}

/** How tokens that were verified before are used; for metrics. */
export interface TokenCounts {
  lookups: number;
  hits: number;
  evictions: number;
}

/** Who makes a request, as its headers say. */
export interface Caller {
  readonly role: string;
  /** The token's claims, `role` included, as JSON: `request.jwt.claims`. */
  readonly claims: string;
  /** Not the anonymous role: a missing privilege is then a 403 instead of a 401. */
  readonly authenticated: boolean;
}

/** At once where the token is known or there is none; throws or rejects with a `DialectError`. */
export type Authenticate = (headers: { get(name: string): string | null }) => Caller | Promise<Caller>;

/** A genuine token, whether its claims hold now or not; the caller is made once they do. */
interface Verified {
  readonly genuine: TokenClaims;
  caller: Caller | undefined;
}

/** An API key of supabase-js; it is never a JWT. */
const apiKeyForm = /^sb_(publishable|secret)_/;

/**
 * Reads `Authorization: Bearer …`, and `apikey` where there is no bearer. Verified tokens are remembered, but their times
 * are checked with every request.
 * @throws HutchError `config_invalid_value` for settings that cannot work
 */
export function createAuthenticate(settings: AuthSettings): Authenticate {
  const { cacheMaxEntries, apiKeys, audience } = settings;
  const now = settings.now ?? Date.now;
  const callerOf = callerBy(settings);
  const verify = tokenVerifier(settings);
  const { counts = { lookups: 0, hits: 0, evictions: 0 } } = settings;
  const known = cacheMaxEntries > 0 ? rememberedTokens(cacheMaxEntries, counts) : undefined;
  const check = (verified: Verified): Caller => {
    checkClaims(verified.genuine.claims, Math.floor(now() / 1000), audience);
    verified.caller ??= callerOf(verified.genuine);
    return verified.caller;
  };
  const firstTime = async (token: string): Promise<Caller> => {
    const verified = { genuine: await verify(token), caller: undefined };
    known?.set(token, verified);
    return check(verified);
  };
  return (headers) => {
    const token = bearer(headers.get('authorization'));
    if (token === undefined) return withoutToken(headers.get('apikey'), apiKeys, callerOf);
    if (apiKeyForm.test(token)) return callerOf(roleOfKey(token, apiKeys));
    const remembered = known?.get(token);
    if (known !== undefined) counts.lookups++;
    if (remembered === undefined) return firstTime(token);
    counts.hits++;
    return check(remembered);
  };
}

function rememberedTokens(max: number, counts: TokenCounts): LRUCache<string, Verified> {
  return new LRUCache({
    max,
    dispose: (_verified, _token, reason) => {
      if (reason === 'evict') counts.evictions++;
    },
  });
}

/** The token of a bearer header, which may be empty; undefined for any other scheme. */
function bearer(header: string | null): string | undefined {
  const match = header === null ? null : /^bearer(?:\s+(.*))?$/is.exec(header);
  return match === null ? undefined : (match[1] ?? '');
}

/** By a token's claims, by a role that is known, or without either. */
type CallerOf = (from: TokenClaims | string | undefined) => Caller;

function withoutToken(apiKey: string | null, apiKeys: ReadonlyMap<string, string>, callerOf: CallerOf): Caller {
  return callerOf(apiKey !== null && apiKeyForm.test(apiKey) ? roleOfKey(apiKey, apiKeys) : undefined);
}

function roleOfKey(key: string, apiKeys: ReadonlyMap<string, string>): string {
  const role = apiKeys.get(key);
  if (role === undefined) throw undecodableJwt('Unknown API key');
  return role;
}

/** The role among the claims, else the anonymous one. */
function callerBy({ roleClaimKey, anonRole }: AuthSettings): CallerOf {
  const roleAt = compileRolePath(roleClaimKey);
  const roleOf = ({ claims }: TokenClaims) => {
    const found = roleAt(claims);
    return found === undefined ? anonRole : asText(found);
  };
  return (from) => {
    const byToken = typeof from === 'object';
    const role = byToken ? roleOf(from) : (from ?? anonRole);
    if (role === undefined) throw anonymousDisabled();
    const claims = byToken ? claimsText(from.tree, role) : JSON.stringify({ role });
    return { role, claims, authenticated: role !== anonRole };
  };
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Secrets are read at once, so that a bad one stops the start; the library that verifies is loaded with the first token. */
function tokenVerifier({ secret, secretIsBase64, jwksUrl }: AuthSettings): TokenVerifier {
  const keys = secret === undefined ? undefined : readKeys(secret, secretIsBase64);
  let verifier: Promise<TokenVerifier> | undefined;
  return async (token) => {
    verifier ??= import('./token.ts').then(({ createVerifier }) => createVerifier(keys, jwksUrl));
    return (await verifier)(token);
  };
}
