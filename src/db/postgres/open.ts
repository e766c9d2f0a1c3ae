import { ConnectionError, type Driver } from '../driver.ts';
import { PooledDriver } from '../pool/pooled-driver.ts';
import type { PostgresAddress } from './dial.ts';
import { PostgresPool } from './pool.ts';

export interface PostgresOptions extends PostgresAddress {
  /** Connections at most. */
  readonly poolSize?: number;
  /** Milliseconds to wait for a connection to become free. */
  readonly poolTimeout?: number;
  /** Milliseconds for a connection to open. */
  readonly connectTimeout?: number;
  /** Milliseconds a statement may take where the caller gives no limit; the server ends it. 0: the server's own limit. */
  readonly statementTimeout?: number;
  /** Milliseconds after which a connection that nobody uses is closed; 0: never. */
  readonly idleTimeout?: number;
  /** Milliseconds after which a connection is replaced by a new one; 0: never. */
  readonly maxLifetime?: number;
  /**
   * False behind a pooler that hands out sessions by transaction (PgBouncer): no statement is kept on the server by name, and the statement
   * timeout, which such a pooler refuses to set for a session, is kept by cancel requests.
   */
  readonly prepare?: boolean;
  /** Milliseconds for which callers wait for a server that has gone away to come back. */
  readonly reconnectTime?: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName?: string;
  readonly log?: (message: string) => void;
}

/** The oldest major version that every test passes on. */
const OLDEST = 14;

export const DEFAULT_POOL_SIZE = 10;
export const DEFAULT_POOL_TIMEOUT = 10_000;
export const DEFAULT_CONNECT_TIMEOUT = 10_000;
export const DEFAULT_STATEMENT_TIMEOUT = 30_000;
export const DEFAULT_IDLE_TIMEOUT = 60_000;
export const DEFAULT_MAX_LIFETIME = 1_800_000;
export const DEFAULT_RECONNECT_TIME = 5_000;

/**
 * Opens a pool on a Postgres server, and its first connection with it: a ConnectionError (`unreachable` or `refused`) says in one sentence
 * why that can't be, or that the server is older than PostgreSQL 14.
 */
export async function openPostgres(options: PostgresOptions): Promise<Driver> {
  const { applicationName = 'hutch', statementTimeout = DEFAULT_STATEMENT_TIMEOUT, prepare = true } = options;
  const pool = new PostgresPool({
    dial: {
      ...options,
      connectTimeout: options.connectTimeout ?? DEFAULT_CONNECT_TIMEOUT,
      settings: sessionSettings(applicationName, prepare ? statementTimeout : 0),
    },
    size: options.poolSize ?? DEFAULT_POOL_SIZE,
    poolTimeout: options.poolTimeout ?? DEFAULT_POOL_TIMEOUT,
    idleTimeout: options.idleTimeout ?? DEFAULT_IDLE_TIMEOUT,
    maxLifetime: options.maxLifetime ?? DEFAULT_MAX_LIFETIME,
    prepare,
    reconnectTime: options.reconnectTime ?? DEFAULT_RECONNECT_TIME,
    log: options.log ?? (() => {}),
  });
  await pool.start();
  await refuseOld(pool);
  return new PooledDriver(pool, {
    engine: 'postgres',
    version: pool.serverVersion.split(' ')[0] ?? '',
    capabilities: {
      concurrent: true,
      serializationFailures: true,
      streamingCopy: true,
      serverCancel: true,
      createDatabase: true,
    },
    // The server ends statements itself, where it was told to; limits of single calls are sent as cancel requests.
    statementTimeout: prepare ? 0 : statementTimeout,
  });
}

/** In a sentence, and not by the syntax error of some statement later on. */
async function refuseOld(pool: PostgresPool): Promise<void> {
  const { serverVersion } = pool;
  if (Number.parseInt(serverVersion, 10) >= OLDEST) return;
  await pool.close(0);
  throw new ConnectionError(`the server is PostgreSQL ${serverVersion}; Hutch needs ${OLDEST} or newer`, 'refused');
}

function sessionSettings(applicationName: string, statementTimeout: number): Record<string, string> {
  const settings = { application_name: applicationName, DateStyle: 'ISO, MDY' };
  return statementTimeout > 0 ? { ...settings, statement_timeout: String(statementTimeout) } : settings;
}
