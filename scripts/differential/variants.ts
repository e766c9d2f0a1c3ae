/** Settings of PostgREST, by the names of its environment, as both sides are started with. */
export type Settings = Readonly<Record<string, string>>;

export const SECRET = 'a secret of the differential, long enough';

const BASE: Settings = {
  PGRST_DB_SCHEMAS: 'v1,v2,Sp ecial',
  PGRST_DB_ANON_ROLE: 'differential_anon',
  PGRST_DB_TX_END: 'rollback-allow-override',
  PGRST_DB_AGGREGATES_ENABLED: 'true',
  PGRST_DB_PLAN_ENABLED: 'true',
  PGRST_JWT_SECRET: SECRET,
};

/** What is set otherwise, by a name for it; an empty value is none. Nothing is kept of what is written in any of them. */
const OTHERWISE: Readonly<Record<string, Settings>> = {
  usual: {},
  few: { PGRST_DB_MAX_ROWS: '2' },
  none: { PGRST_DB_MAX_ROWS: '0' },
  plain: { PGRST_DB_AGGREGATES_ENABLED: '', PGRST_DB_PLAN_ENABLED: '', PGRST_DB_TX_END: 'rollback' },
  minimal: { PGRST_CLIENT_ERROR_VERBOSITY: 'minimal' },
  'one schema': { PGRST_DB_SCHEMAS: 'v1', PGRST_DB_EXTRA_SEARCH_PATH: 'v2, public' },
  'no search path': { PGRST_DB_EXTRA_SEARCH_PATH: '', PGRST_DB_SCHEMAS: 'v2,v1,Sp ecial' },
  'no anonymous role': { PGRST_DB_ANON_ROLE: '' },
  'no secret': { PGRST_JWT_SECRET: '' },
  audience: { PGRST_JWT_AUD: 'here', PGRST_JWT_CACHE_MAX_ENTRIES: '0' },
  'audience by address': { PGRST_JWT_AUD: 'https://here.test/a' },
  'base64 secret': { PGRST_JWT_SECRET: btoa(SECRET), PGRST_JWT_SECRET_IS_BASE64: 'true' },
  'a set of keys': {
    PGRST_JWT_SECRET: JSON.stringify({
      keys: [jwk({ kid: 'other' }, 'another secret, which is as long as the first'), jwk({ kid: 'k' })],
    }),
  },
  'a key with an algorithm': { PGRST_JWT_SECRET: JSON.stringify(jwk({ alg: 'HS256' })) },
  'role in a list': { PGRST_JWT_ROLE_CLAIM_KEY: '$.roles[1]' },
  'role by its text': { PGRST_JWT_ROLE_CLAIM_KEY: '$.roles[?(@ == "differential_user")]' },
  'role, quoted': { PGRST_JWT_ROLE_CLAIM_KEY: '$["https://here.test/claims"].role' },
  'role, as formerly': { PGRST_JWT_ROLE_CLAIM_KEY: '.roles[?(@ ^== "differential_u")]' },
  'before requests': { PGRST_DB_PRE_REQUEST: 'v1.pre_request', PGRST_SERVER_TRACE_HEADER: 'X-Request-Id' },
  root: { PGRST_DB_ROOT_SPEC: 'root_document', PGRST_APP_SETTINGS_PLACE: 'here' },
  'no document': { PGRST_OPENAPI_MODE: 'disabled', PGRST_SERVER_CORS_ALLOWED_ORIGINS: 'http://a.test, http://b.test' },
  'whole document': {
    PGRST_OPENAPI_MODE: 'ignore-privileges',
    PGRST_OPENAPI_SECURITY_ACTIVE: 'true',
    PGRST_OPENAPI_SERVER_PROXY_URI: 'https://a.test/base',
  },
  hoisted: { PGRST_DB_HOISTED_TX_SETTINGS: 'work_mem,statement_timeout' },
};

export const VARIANTS = Object.keys(OTHERWISE);

export function settingsOf(variant: string): Settings {
  const otherwise = OTHERWISE[variant];
  if (otherwise === undefined) throw new Error(`There are no settings "${variant}", only: ${VARIANTS.join(', ')}`);
  const all = Object.entries({ ...BASE, ...otherwise });
  return Object.fromEntries(all.filter(([name, value]) => value !== '' || name === 'PGRST_DB_EXTRA_SEARCH_PATH'));
}

function jwk(more: Settings, secret = SECRET): Settings {
  return { kty: 'oct', k: Buffer.from(secret).toString('base64url'), ...more };
}
