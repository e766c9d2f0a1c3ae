/**
 * Every setting of Hutch's own, in one table. The flag parser, `hutch help` and the reference in the docs are made from
 * it, and a test fails when a row lacks its help. PostgREST's settings stand in `pgrst.ts`, under their own names.
 */
import { connectionString } from './connection-string.ts';
import {
  apiKey,
  duration,
  flag,
  integer,
  type Kind,
  level,
  list,
  oneOf,
  path,
  port,
  size,
  text,
  url,
} from './kinds.ts';

export type Group = 'server' | 'database' | 'embedded' | 'auth' | 'tools' | 'project';

export interface Setting<T> {
  readonly group: Group;
  /** Environment variables, the first that is set wins. Later ones are other tools' names for the same thing. */
  readonly env: readonly string[];
  /** Long flag without its dashes; absent where a command line is no place for the value (secrets). */
  readonly flag?: string;
  readonly kind: Kind<T>;
  readonly default: T;
  readonly help: string;
  /** Never printed, not even in part. */
  readonly secret?: boolean;
}

function setting<T, const D extends T | undefined>(
  row: Omit<Setting<T>, 'default'> & { readonly default: D },
): Setting<T | D> {
  return row as Setting<T | D>; // the kind only ever yields T; D adds the absent value
}

export const settings = {
  // server
  port: setting({
    group: 'server',
    env: ['PORT', 'PGRST_SERVER_PORT'],
    flag: 'port',
    kind: port,
    default: 3000,
    help: 'HTTP port; 0 picks a free one. In dev the next free one is taken when it is busy.',
  }),
  host: setting({
    group: 'server',
    env: ['HOST', 'PGRST_SERVER_HOST'],
    flag: 'host',
    kind: text,
    default: undefined,
    help: 'Address to listen on. Default: 127.0.0.1 for dev, all addresses for start.',
  }),
  allowRemote: setting({
    group: 'server',
    env: ['HUTCH_ALLOW_REMOTE'],
    flag: 'allow-remote',
    kind: flag,
    default: false,
    help: 'Lets dev listen beyond this machine. Studio, Postgres port and Drizzle Studio have no login: use with care.',
  }),
  bodyLimit: setting({
    group: 'server',
    env: ['HUTCH_BODY_LIMIT'],
    flag: 'body-limit',
    kind: size,
    default: 10 * 1_048_576,
    help: 'Largest request body; streamed bulk bodies are not bounded by it. 413 above.',
  }),
  urlLimit: setting({
    group: 'server',
    env: ['HUTCH_URL_LIMIT'],
    flag: 'url-limit',
    kind: size,
    default: 16 * 1_024,
    help: 'Longest URL. 414 above.',
  }),
  cors: setting({
    group: 'server',
    env: ['HUTCH_CORS', 'PGRST_SERVER_CORS_ALLOWED_ORIGINS'],
    flag: 'cors',
    kind: list(text),
    default: [],
    help: 'Origins that browsers may call from; none named means any.',
  }),
  compression: setting({
    group: 'server',
    env: ['HUTCH_COMPRESSION'],
    flag: 'compression',
    kind: flag,
    default: true,
    help: 'Compresses responses where it pays.',
  }),
  grace: setting({
    group: 'server',
    env: ['HUTCH_GRACE'],
    flag: 'grace',
    kind: duration,
    default: 10_000,
    help: 'How long a stop waits for running requests.',
  }),
  logLevel: setting({
    group: 'server',
    env: ['LOG_LEVEL', 'PGRST_LOG_LEVEL'],
    flag: 'log-level',
    kind: level,
    default: 'info',
    help: 'Least level that is logged. Requests that fail are warnings, and errors from status 500 on; the others are only logged in dev and with PGRST_LOG_LEVEL=info.',
  }),
  serverTiming: setting({
    group: 'server',
    env: ['HUTCH_SERVER_TIMING', 'PGRST_SERVER_TIMING_ENABLED'],
    flag: 'server-timing',
    kind: flag,
    default: undefined,
    help: 'Sends Server-Timing with each stage. Default: on for dev, off for start.',
  }),
  metrics: setting({
    group: 'server',
    env: ['HUTCH_METRICS'],
    flag: 'metrics',
    kind: flag,
    default: true,
    help: 'Serves Prometheus metrics at /metrics.',
  }),
  slowQuery: setting({
    group: 'server',
    env: ['HUTCH_SLOW_QUERY'],
    flag: 'slow-query',
    kind: duration,
    default: 1_000,
    help: 'Statements slower than this are logged, without their values; 0 turns it off.',
  }),

  // a real Postgres
  databaseUrl: setting({
    group: 'database',
    env: ['DATABASE_URL', 'PGRST_DB_URI'],
    kind: connectionString,
    default: undefined,
    secret: true,
    help: 'Postgres to serve: a URL, libpq’s host=… dbname=…, or @file with either. Without it (and without PGHOST) Hutch opens its own.',
  }),
  pgHost: setting({
    group: 'database',
    env: ['PGHOST'],
    kind: text,
    default: undefined,
    help: 'Postgres host or socket folder, where DATABASE_URL is not set.',
  }),
  pgHostPort: setting({
    group: 'database',
    env: ['PGPORT'],
    kind: port,
    default: 5432,
    help: 'Postgres port, beside PGHOST.',
  }),
  pgUser: setting({
    group: 'database',
    env: ['PGUSER'],
    kind: text,
    default: undefined,
    help: 'Postgres user, beside PGHOST.',
  }),
  pgPassword: setting({
    group: 'database',
    env: ['PGPASSWORD'],
    kind: text,
    default: undefined,
    secret: true,
    help: 'Postgres password, beside PGHOST.',
  }),
  pgDatabase: setting({
    group: 'database',
    env: ['PGDATABASE'],
    kind: text,
    default: undefined,
    help: 'Postgres database, beside PGHOST.',
  }),
  ssl: setting({
    group: 'database',
    env: ['HUTCH_SSL', 'PGSSLMODE'],
    flag: 'ssl',
    kind: oneOf('auto', 'disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'),
    default: 'auto',
    help: 'TLS to Postgres, in libpq’s words; auto is what the URL says (sslmode), else require for hosts that are not local.',
  }),
  sslCa: setting({
    group: 'database',
    env: ['HUTCH_SSL_CA', 'PGSSLROOTCERT'],
    flag: 'ssl-ca',
    kind: path,
    default: undefined,
    help: 'PEM file of the authority that signed the server’s certificate. Default: those that browsers know.',
  }),
  requestSettings: setting({
    group: 'database',
    env: ['HUTCH_REQUEST_SETTINGS'],
    flag: 'request-settings',
    kind: oneOf('read', 'always'),
    default: 'read',
    help: 'Which request.* and app.settings.* the API sets for SQL: those that functions, policies, views and the like could read when the schema was last read, or always all.',
  }),
  replicaUrls: setting({
    group: 'database',
    env: ['DATABASE_REPLICA_URLS'],
    kind: list(url),
    default: [],
    secret: true,
    help: 'Read replicas, commas between.',
  }),
  replicaReads: setting({
    group: 'database',
    env: ['HUTCH_REPLICA_READS'],
    flag: 'replica-reads',
    kind: oneOf('asked', 'api', 'all'),
    default: 'asked',
    help: "What replicas serve: what routes ask of c.var.replica; also the API's reads; or also what c.var.db reads.",
  }),
  replicaSticky: setting({
    group: 'database',
    env: ['HUTCH_REPLICA_STICKY'],
    flag: 'replica-sticky',
    kind: duration,
    default: 1_000,
    help: 'How long after a write the reads of whoever wrote stay with the primary.',
  }),
  poolSize: setting({
    group: 'database',
    env: ['HUTCH_POOL_SIZE', 'PGRST_DB_POOL'],
    flag: 'pool-size',
    kind: integer(1, 1_000),
    default: 10,
    help: 'Most connections to Postgres.',
  }),
  connectTimeout: setting({
    group: 'database',
    env: ['HUTCH_CONNECT_TIMEOUT'],
    flag: 'connect-timeout',
    kind: duration,
    default: 10_000,
    help: 'How long opening a connection may take.',
  }),
  poolTimeout: setting({
    group: 'database',
    env: ['HUTCH_POOL_TIMEOUT', 'PGRST_DB_POOL_ACQUISITION_TIMEOUT'],
    flag: 'pool-timeout',
    kind: duration,
    default: 10_000,
    help: 'How long a request waits for a free connection before it gets a 504.',
  }),
  statementTimeout: setting({
    group: 'database',
    env: ['HUTCH_STATEMENT_TIMEOUT'],
    flag: 'statement-timeout',
    kind: duration,
    default: 30_000,
    help: 'How long one statement may run; 0 has no limit.',
  }),
  idleTimeout: setting({
    group: 'database',
    env: ['HUTCH_IDLE_TIMEOUT', 'PGRST_DB_POOL_TIMEOUT', 'PGRST_DB_POOL_MAX_IDLETIME'],
    flag: 'idle-timeout',
    kind: duration,
    default: 30_000,
    help: 'Idle connections are closed after this.',
  }),
  maxLifetime: setting({
    group: 'database',
    env: ['HUTCH_MAX_LIFETIME', 'PGRST_DB_POOL_MAX_LIFETIME'],
    flag: 'max-lifetime',
    kind: duration,
    default: 1_800_000,
    help: 'A connection is replaced by a new one after this; 0 keeps it.',
  }),
  preparedStatements: setting({
    group: 'database',
    env: ['HUTCH_PREPARED_STATEMENTS', 'PGRST_DB_PREPARED_STATEMENTS'],
    flag: 'prepared-statements',
    kind: flag,
    default: true,
    help: 'Keeps statements on the server by name. Off behind a pooler that hands out sessions by transaction, such as PgBouncer.',
  }),
  redisUrl: setting({
    group: 'database',
    env: ['REDIS_URL'],
    kind: url,
    default: undefined,
    secret: true,
    help: "Redis behind the cache of a project's routes.",
  }),
  auditRetention: setting({
    group: 'database',
    env: ['HUTCH_AUDIT_RETENTION'],
    flag: 'audit-retention',
    kind: duration,
    default: 1_096 * 86_400_000,
    help: 'How long the audit log is kept, in whole months (three years); 0 keeps it for ever.',
  }),

  // the embedded Postgres
  dataDir: setting({
    group: 'embedded',
    env: ['HUTCH_DATA_DIR'],
    flag: 'data-dir',
    kind: path,
    default: '.hutch/pgdata',
    help: 'Data folder of the embedded Postgres, from the project.',
  }),
  fsync: setting({
    group: 'embedded',
    env: ['HUTCH_FSYNC'],
    flag: 'fsync',
    kind: flag,
    default: false,
    help: 'Commits survive power loss, each a little slower. (Crashes lose nothing either way.)',
  }),

  // authentication
  jwtSecret: setting({
    group: 'auth',
    env: ['JWT_SECRET', 'PGRST_JWT_SECRET'],
    kind: text,
    default: undefined,
    secret: true,
    help: 'Secret or JWKS that signs tokens. Dev makes one of its own in .hutch/.',
  }),
  publishableKey: setting({
    group: 'auth',
    env: ['HUTCH_PUBLISHABLE_KEY'],
    kind: apiKey('sb_publishable_'),
    default: undefined,
    help: 'API key of browsers (sb_publishable_…): the role anon.',
  }),
  secretKey: setting({
    group: 'auth',
    env: ['HUTCH_SECRET_KEY'],
    kind: apiKey('sb_secret_'),
    default: undefined,
    secret: true,
    help: 'API key of servers (sb_secret_…): the role service_role, which passes every policy.',
  }),
  jwksUrl: setting({
    group: 'auth',
    env: ['JWKS_URL'],
    flag: 'jwks-url',
    kind: url,
    default: undefined,
    help: 'Where to read the JWKS of an identity provider.',
  }),

  // tools beside the API
  pgPort: setting({
    group: 'tools',
    env: ['HUTCH_PG_PORT'],
    flag: 'pg-port',
    kind: port,
    default: 54_322,
    help: 'Postgres port onto the embedded database.',
  }),
  pgIdleInTransaction: setting({
    group: 'tools',
    env: ['HUTCH_PG_IDLE_IN_TRANSACTION'],
    flag: 'pg-idle-in-transaction',
    kind: duration,
    default: 60_000,
    help: 'A client idle inside a transaction is ended after this, so that others get their turn.',
  }),
  drizzleStudioPort: setting({
    group: 'tools',
    env: ['HUTCH_DRIZZLE_STUDIO_PORT'],
    flag: 'drizzle-studio-port',
    kind: port,
    default: 4983,
    help: 'Port of the door for Drizzle Studio.',
  }),
  studio: setting({
    group: 'tools',
    env: ['HUTCH_STUDIO'],
    flag: 'studio',
    kind: flag,
    default: undefined,
    help: 'Serves /studio. Default: on for dev, off for start (and there behind HUTCH_STUDIO_TOKEN).',
  }),
  studioStatementTimeout: setting({
    group: 'tools',
    env: ['HUTCH_STUDIO_STATEMENT_TIMEOUT'],
    flag: 'studio-statement-timeout',
    kind: duration,
    default: 600_000,
    help: 'The longest time that the studio’s SQL console lets a statement run, where its user asks for more than the usual.',
  }),
  studioToken: setting({
    group: 'tools',
    env: ['HUTCH_STUDIO_TOKEN'],
    kind: text,
    default: undefined,
    secret: true,
    help: 'Token that the studio, the Postgres port and Drizzle Studio ask for in production.',
  }),
  wire: setting({
    group: 'tools',
    env: ['HUTCH_WIRE'],
    flag: 'wire',
    kind: flag,
    default: undefined,
    help: 'Opens the Postgres port. Default: on for dev, off for start.',
  }),
  drizzleStudio: setting({
    group: 'tools',
    env: ['HUTCH_DRIZZLE_STUDIO'],
    flag: 'drizzle-studio',
    kind: flag,
    default: undefined,
    help: 'Opens the door for Drizzle Studio. Default: on for dev, off for start.',
  }),

  // the project
  project: setting({
    group: 'project',
    env: ['HUTCH_PROJECT'],
    flag: 'project',
    kind: path,
    default: '.',
    help: 'Folder of the project: where drizzle.config.ts is.',
  }),
  app: setting({
    group: 'project',
    env: ['HUTCH_APP'],
    flag: 'app',
    kind: path,
    default: undefined,
    help: 'Module whose default export is the Hono app with your own routes. Default: src/app/routes.ts, src/routes.ts or src/app.ts.',
  }),
  migrate: setting({
    group: 'project',
    env: ['HUTCH_MIGRATE'],
    flag: 'migrate',
    kind: flag,
    default: undefined,
    help: 'Applies pending migrations at start. Default: on for dev; start refuses to serve with pending ones.',
  }),
  push: setting({
    group: 'project',
    env: ['HUTCH_PUSH'],
    flag: 'push',
    kind: flag,
    default: false,
    help: 'Dev leaves the migrations aside and brings the embedded database up to the schema files.',
  }),
  seed: setting({
    group: 'project',
    env: ['HUTCH_SEED'],
    flag: 'seed',
    kind: flag,
    default: true,
    help: 'Runs the seed when dev creates the database.',
  }),
  reload: setting({
    group: 'project',
    env: ['HUTCH_RELOAD'],
    flag: 'reload',
    kind: flag,
    default: true,
    help: 'Dev loads changed source without reopening the database.',
  }),
} as const;

export type SettingName = keyof typeof settings;

export type Config = {
  readonly [Name in SettingName]: (typeof settings)[Name] extends Setting<infer T> ? T : never;
};
