import type { Config } from '../../config/index.ts';
import type { PgrstConfig } from '../../config/pgrst.ts';
import { type Authenticate, createAuthenticate, type TokenCounts } from '../../rest/auth/authenticate.ts';
import { isFormerPath, withRole } from '../../rest/auth/role-path.ts';
import { type Sign, signerOf } from '../../rest/auth/sign.ts';
import type { RestSettings } from '../../rest/index.ts';
import type { Told } from '../database/database.ts';
import type { Keys } from '../project/keys.ts';

/** In development requests without a token act as this role, and aggregates and plans may be asked for. */
const DEVELOPMENT_ANON = 'anon';

/** The dialect's settings. Development opens what production must be told to open. */
export function restSettings(config: Config, pgrst: PgrstConfig, dev: boolean): RestSettings {
  return {
    schemas: pgrst.schemas,
    extraSearchPath: pgrst.extraSearchPath,
    anonRole: pgrst.anonRole ?? (dev ? DEVELOPMENT_ANON : null),
    maxRows: pgrst.maxRows ?? null,
    aggregatesEnabled: pgrst.aggregatesEnabled || dev,
    planEnabled: pgrst.planEnabled || dev,
    preRequest: pgrst.preRequest ?? null,
    rootSpec: pgrst.rootSpec ?? null,
    txEnd: pgrst.txEnd,
    legacyTargetNames: pgrst.legacyTargetNames,
    hoistedSettings: pgrst.hoistedTxSettings,
    appSettings: pgrst.appSettings,
    requestSettings: config.requestSettings,
    openapiMode: pgrst.openapiMode,
    openapiServerProxyUri: pgrst.openapiServerProxyUri ?? null,
    openapiSecurityActive: pgrst.openapiSecurityActive,
    serverTiming: config.serverTiming ?? (pgrst.serverTimingEnabled || dev),
    errorVerbosity: pgrst.clientErrorVerbosity,
    traceHeader: pgrst.serverTraceHeader ?? null,
  };
}

/** Who calls, by token or API key. Development signs with keys of its own unless a secret is set. */
export function authentication(
  config: Config,
  pgrst: PgrstConfig,
  anonRole: string | null,
  keys: Keys | undefined,
  counts?: TokenCounts,
): Authenticate {
  return createAuthenticate({
    secret: secretOf(config, pgrst, keys),
    secretIsBase64: pgrst.jwtSecretIsBase64,
    jwksUrl: config.jwksUrl,
    audience: pgrst.jwtAudience,
    roleClaimKey: pgrst.jwtRoleClaimKey,
    anonRole: anonRole ?? undefined,
    cacheMaxEntries: pgrst.jwtCacheMaxEntries,
    apiKeys: apiKeys(config, keys),
    counts,
  });
}

const secretOf = (config: Config, pgrst: PgrstConfig, keys: Keys | undefined) =>
  config.jwtSecret ?? pgrst.jwtSecret ?? keys?.secret;

/** Makes tokens that `authentication` takes; undefined where it has nothing that could sign. */
export function tokenSigner(config: Config, pgrst: PgrstConfig, keys: Keys | undefined): Sign | undefined {
  const secret = secretOf(config, pgrst, keys);
  return secret === undefined ? undefined : signerOf(secret, pgrst.jwtSecretIsBase64);
}

/** The same for whoever says a role as `role`, wherever the server reads it. */
export function roleSigner(config: Config, pgrst: PgrstConfig, keys: Keys | undefined): Sign | undefined {
  const sign = tokenSigner(config, pgrst, keys);
  if (sign === undefined) return undefined;
  return ({ role, ...rest }, seconds) => {
    const claims = typeof role === 'string' ? withRole(rest, pgrst.jwtRoleClaimKey, role) : undefined;
    return sign(claims ?? { ...rest, role }, seconds);
  };
}

/** Warns of settings in a form that PostgREST is about to give up. */
export function tellDeprecated({ pgrst, log }: { readonly pgrst: PgrstConfig; readonly log: Told }): void {
  const path = pgrst.jwtRoleClaimKey;
  if (isFormerPath(path))
    log.warn(
      `PGRST_JWT_ROLE_CLAIM_KEY=${path} is of the former syntax; write it as a JSON path (RFC 9535), such as $.role`,
    );
}

/** Keys that are not tokens, and the roles they stand for. */
function apiKeys({ publishableKey, secretKey }: Config, keys: Keys | undefined): ReadonlyMap<string, string> {
  const pairs = [
    [publishableKey ?? keys?.publishable, 'anon'],
    [secretKey ?? keys?.secretKey, 'service_role'],
  ] as const;
  return new Map(pairs.flatMap(([key, role]) => (key === undefined ? [] : [[key, role] as const])));
}
