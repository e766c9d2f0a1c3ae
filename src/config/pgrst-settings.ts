/**
 * PostgREST's settings that concern the API, under their own names, so that a deployment can swap one server for the other. A value
 * comes from the database (`ALTER ROLE … SET pgrst.db_schemas = …`), else from the environment, else it is the default.
 */
import type { Kind } from './kinds.ts';
import { oneOf, text } from './kinds.ts';

export interface PgrstSetting<T> {
  /** As PostgREST's own reference calls it. */
  readonly name: string;
  /** The first that is set wins, in the database or in the environment; later ones are older names. */
  readonly env: readonly string[];
  readonly kind: Kind<T>;
  readonly default: T;
  readonly help: string;
  readonly secret?: boolean;
  /** Needed before there is a connection, so it cannot stand in the database. */
  readonly outsideOnly?: boolean;
  /** An empty text is a value of its own, instead of "not set". */
  readonly emptyable?: boolean;
}

function row<T, const D extends T | undefined>(
  name: string,
  value: Omit<PgrstSetting<T>, 'name' | 'env' | 'default'> & { readonly default: D; readonly formerly?: string },
): PgrstSetting<T | D> {
  const { formerly, ...rest } = value;
  const env = [name, ...(formerly === undefined ? [] : [formerly])].map(variableOf);
  return { ...rest, name, env } as PgrstSetting<T | D>; // the kind only ever yields T; D adds the absent value
}

const variableOf = (name: string): string => `PGRST_${name.replaceAll('-', '_').toUpperCase()}`;

/** `true`, `"True"`, `1` and the like; any number above 0 is true. */
const boolean: Kind<boolean> = {
  form: 'true|false',
  choices: ['true', 'false'],
  parse(value) {
    const word = value.replace(/[^\p{L}]/gu, '').toLowerCase();
    if (word === 'true' || word === 'false') return word === 'true';
    return /^\s*-?\d+\s*$/.test(value) ? Number(value) > 0 : undefined;
  },
};

const whole: Kind<number> = {
  form: '<number>',
  parse: (value) => (/^\s*\d{1,15}\s*$/.test(value) ? Number(value) : undefined),
};

/** Names with commas between. */
const names: Kind<readonly string[]> = {
  form: '<name>,…',
  parse: (value) => (value === '' ? [] : value.split(',').map((name) => name.trim())),
};

const schemas: Kind<readonly string[]> = {
  form: '<schema>,… (not pg_catalog or information_schema)',
  parse(value) {
    const given = value.split(',').map((name) => name.trim());
    return given.includes('pg_catalog') || given.includes('information_schema') ? undefined : given;
  },
};

export interface RoutineName {
  /** Empty where none was given: it is looked for along the search path. */
  readonly schema: string;
  readonly name: string;
}

const routine: Kind<RoutineName> = {
  form: '<schema>.<function>',
  parse(value) {
    const dot = value.indexOf('.');
    return { schema: dot < 0 ? '' : value.slice(0, dot), name: value.slice(dot + 1) };
  },
};

/** Plain text, or a URI where it has a colon. */
const audience: Kind<string> = {
  form: '<text or URI>',
  parse: (value) => (!value.includes(':') || (URL.canParse(value) && !/\s/.test(value)) ? value : undefined),
};

const proxyUrl: Kind<string> = {
  form: 'https://example.com:8443/basePath',
  parse: (value) => (/^https?:\/\/[^/?#@]+(\/[^?#]*)?$/i.test(value) && URL.canParse(value) ? value : undefined),
};

export const pgrstSettings = {
  adminServerHost: row('admin-server-host', {
    outsideOnly: true,
    kind: text,
    default: undefined,
    help: 'Address of the admin server; that of the API where absent.',
  }),
  adminServerPort: row('admin-server-port', {
    outsideOnly: true,
    kind: whole,
    default: undefined,
    help: 'Port of the admin server, with /live, /ready, /schema_cache and /metrics; without it there is none.',
  }),
  clientErrorVerbosity: row('client-error-verbosity', {
    kind: oneOf('verbose', 'minimal'),
    default: 'verbose',
    help: 'minimal leaves details and hint out of errors.',
  }),
  aggregatesEnabled: row('db-aggregates-enabled', {
    kind: boolean,
    default: false,
    help: 'Lets clients use aggregate functions in select.',
  }),
  anonRole: row('db-anon-role', {
    kind: text,
    default: undefined,
    help: 'Role of requests without a token. Without it they are refused.',
  }),
  channel: row('db-channel', {
    outsideOnly: true,
    kind: text,
    default: 'pgrst',
    help: 'NOTIFY channel that reloads the schema and the settings.',
  }),
  channelEnabled: row('db-channel-enabled', {
    outsideOnly: true,
    kind: boolean,
    default: true,
    help: 'Listens on db-channel.',
  }),
  dbConfig: row('db-config', {
    outsideOnly: true,
    kind: boolean,
    default: true,
    help: 'Reads settings from the database too.',
  }),
  extraSearchPath: row('db-extra-search-path', {
    kind: names,
    default: ['public'],
    emptyable: true,
    help: 'Schemas behind the exposed one in the search path.',
  }),
  hoistedTxSettings: row('db-hoisted-tx-settings', {
    kind: names,
    default: ['statement_timeout', 'plan_filter.statement_cost_limit', 'default_transaction_isolation'],
    help: 'Settings of a function that hold for its whole transaction.',
  }),
  maxRows: row('db-max-rows', {
    formerly: 'max-rows',
    kind: whole,
    default: undefined,
    help: 'Most rows of a response, and of each embed in it.',
  }),
  planEnabled: row('db-plan-enabled', {
    kind: boolean,
    default: false,
    help: 'Shows execution plans for application/vnd.pgrst.plan.',
  }),
  poolSize: row('db-pool', {
    outsideOnly: true,
    kind: whole,
    default: 10,
    help: 'Most connections to Postgres; HUTCH_POOL_SIZE comes first.',
  }),
  poolAcquisitionTimeout: row('db-pool-acquisition-timeout', {
    outsideOnly: true,
    kind: whole,
    default: 10,
    help: 'Seconds that a request waits for a connection, then it gets PGRST003; HUTCH_POOL_TIMEOUT comes first.',
  }),
  poolMaxLifetime: row('db-pool-max-lifetime', {
    outsideOnly: true,
    kind: whole,
    default: 1800,
    help: 'Seconds after which a connection is replaced; HUTCH_MAX_LIFETIME comes first.',
  }),
  poolMaxIdletime: row('db-pool-max-idletime', {
    outsideOnly: true,
    formerly: 'db-pool-timeout',
    kind: whole,
    default: 30,
    help: 'Seconds after which an idle connection is closed; HUTCH_IDLE_TIMEOUT comes first.',
  }),
  preConfig: row('db-pre-config', {
    kind: routine,
    default: undefined,
    help: 'Function that sets pgrst.* settings before they are read.',
  }),
  preRequest: row('db-pre-request', {
    formerly: 'pre-request',
    kind: routine,
    default: undefined,
    help: 'Function called in each transaction, after the role is set.',
  }),
  preparedStatements: row('db-prepared-statements', {
    outsideOnly: true,
    kind: boolean,
    default: true,
    help: 'Keeps statements on the server by name; off behind a transaction pooler. HUTCH_PREPARED_STATEMENTS comes first.',
  }),
  rootSpec: row('db-root-spec', {
    formerly: 'root-spec',
    kind: routine,
    default: undefined,
    help: 'Function that answers at the root instead of the OpenAPI document.',
  }),
  schemas: row('db-schemas', {
    formerly: 'db-schema',
    kind: schemas,
    default: ['public'],
    help: 'Exposed schemas, the default one first.',
  }),
  txEnd: row('db-tx-end', {
    kind: oneOf('commit', 'commit-allow-override', 'rollback', 'rollback-allow-override'),
    default: 'commit',
    help: 'How transactions end, and whether Prefer: tx may say otherwise.',
  }),
  uri: row('db-uri', {
    outsideOnly: true,
    kind: text,
    default: undefined,
    secret: true,
    help: 'Postgres to serve; DATABASE_URL comes first.',
  }),
  jwtAudience: row('jwt-aud', {
    kind: audience,
    default: undefined,
    help: 'The aud claim that tokens must have, if they have one.',
  }),
  jwtRoleClaimKey: row('jwt-role-claim-key', {
    formerly: 'role-claim-key',
    kind: text,
    default: '$.role',
    help: 'JSON path (RFC 9535) to the role among the claims.',
  }),
  jwtSecret: row('jwt-secret', {
    kind: text,
    default: undefined,
    secret: true,
    help: 'Secret of at least 32 characters, a JWK or a JWKS; @file reads it from there.',
  }),
  jwtSecretIsBase64: row('jwt-secret-is-base64', {
    formerly: 'secret-is-base64',
    kind: boolean,
    default: false,
    help: 'The secret is base64 of the real one.',
  }),
  jwtCacheMaxEntries: row('jwt-cache-max-entries', {
    outsideOnly: true,
    kind: whole,
    default: 1000,
    help: 'Verified tokens that are remembered; 0 remembers none.',
  }),
  logLevel: row('log-level', {
    outsideOnly: true,
    kind: oneOf('crit', 'error', 'warn', 'info', 'debug'),
    default: undefined,
    help: 'Which requests are logged: crit none, error those with status 500 and more, warn 400 and more, info and debug all; LOG_LEVEL comes first.',
  }),
  logQuery: row('log-query', {
    outsideOnly: true,
    kind: boolean,
    default: false,
    help: 'Logs the SQL of each request that is logged, without its values.',
  }),
  openapiMode: row('openapi-mode', {
    kind: oneOf('follow-privileges', 'ignore-privileges', 'disabled'),
    default: 'follow-privileges',
    help: 'What the OpenAPI document shows.',
  }),
  openapiSecurityActive: row('openapi-security-active', {
    kind: boolean,
    default: false,
    help: 'The OpenAPI document asks for a token.',
  }),
  openapiServerProxyUri: row('openapi-server-proxy-uri', {
    kind: proxyUrl,
    default: undefined,
    help: 'Base URL that the OpenAPI document shows.',
  }),
  corsAllowedOrigins: row('server-cors-allowed-origins', {
    kind: names,
    default: [],
    help: 'Origins that browsers may call from; none named means any.',
  }),
  serverHost: row('server-host', {
    outsideOnly: true,
    kind: text,
    default: undefined,
    help: 'Address to listen on; HOST comes first.',
  }),
  serverPort: row('server-port', {
    outsideOnly: true,
    kind: whole,
    default: undefined,
    help: 'HTTP port; PORT comes first.',
  }),
  serverTraceHeader: row('server-trace-header', {
    kind: text,
    default: undefined,
    help: 'Request header that the response repeats.',
  }),
  serverTimingEnabled: row('server-timing-enabled', { kind: boolean, default: false, help: 'Sends Server-Timing.' }),
  legacyTargetNames: row('url-use-legacy-target-names', {
    kind: boolean,
    default: true,
    help: 'Filters may call an aliased embed by its table.',
  }),
} as const;
