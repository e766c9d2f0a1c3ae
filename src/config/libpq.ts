/**
 * libpq's connection parameters that are the client's own business; all others a server takes as settings of the session, or refuses.
 * https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
 */
export const CLIENT_PARAMETERS: readonly string[] = [
  'channel_binding',
  'connect_timeout',
  'gssdelegation',
  'gssencmode',
  'gsslib',
  'keepalives',
  'keepalives_count',
  'keepalives_idle',
  'keepalives_interval',
  'krbsrvname',
  'load_balance_hosts',
  'passfile',
  'ssl',
  'sslcompression',
  'sslmode',
  'sslnegotiation',
  'sslrootcert',
  'sslsni',
  'target_session_attrs',
  'tcp_user_timeout',
];

/** And those that a server hears of. */
const SESSION_PARAMETERS: readonly string[] = ['application_name', 'client_encoding', 'options', 'replication'];

/** All that an address may say. */
export const LIBPQ_PARAMETERS: readonly string[] = [
  ...['host', 'port', 'user', 'password', 'dbname'],
  ...CLIENT_PARAMETERS,
  ...SESSION_PARAMETERS,
];

/** libpq's variables whose names are not their parameter's, and those of Postgres's other programs. */
const VARIABLES =
  `PGAPPNAME PGCONNECT_TIMEOUT PGDATA PGDATABASE PGDATESTYLE PGGEQO PGHOST PGHOSTADDR PGLOCALEDIR PGPASSWORD PGPORT PGREQUIREAUTH
  PGREQUIREPEER PGREQUIRESSL PGSERVICE PGSERVICEFILE PGSSLCERT PGSSLCERTMODE PGSSLCRL PGSSLCRLDIR PGSSLKEY PGSSLMAXPROTOCOLVERSION
  PGSSLMINPROTOCOLVERSION PGSYSCONFDIR PGTZ PGUSER`.split(/\s+/);

/** The environment that libpq reads. */
export const LIBPQ_VARIABLES: readonly string[] = [
  ...VARIABLES,
  ...[...CLIENT_PARAMETERS, ...SESSION_PARAMETERS].map((name) => `PG${name.replaceAll('_', '').toUpperCase()}`),
];
