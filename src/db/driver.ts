/**
 * The driver seam: what Hutch needs of a Postgres, whichever engine is behind it.
 *
 * Values cross the seam in Postgres's own text format, both ways: a parameter is its text (or raw bytes for bytea), a cell
 * is the text Postgres printed. So nothing is parsed on the hot path, and both engines mean the same by it; the Drizzle
 * client (`drizzle.ts`) decodes by type for those who want values.
 */

/** A parameter in text format; `null` is SQL NULL; bytes are sent in binary format (for `bytea`). */
export type Param = string | null | Uint8Array;

/** One statement of the extended protocol. */
export interface Statement {
  readonly text: string;
  readonly params?: readonly Param[];
  /** Parameter type OIDs where the server should not infer them; 0 means infer. */
  readonly types?: readonly number[];
  /** Keep a server-side prepared statement for this text (default true). False for one-off SQL and DDL. */
  readonly prepare?: boolean;
  /** Run for what it does: neither its rows nor its command tag are read. */
  readonly rowless?: boolean;
  /** For observations, in place of the run's own label. */
  readonly label?: string;
}

export interface Field {
  readonly name: string;
  /** The type's OID. */
  readonly type: number;
}

export type Row = readonly (string | null)[];

export interface Result {
  readonly fields: readonly Field[];
  readonly rows: readonly Row[];
  /** The command tag's verb: SELECT, INSERT, CREATE TABLE, … */
  readonly command: string;
  /** Rows returned or affected, as the command tag says; 0 where it has no count. */
  readonly count: number;
}

/** Who acts: a role and transaction-local settings (`request.jwt.claims` and the like). */
export interface Actor {
  readonly role?: string;
  readonly settings?: Readonly<Record<string, string>>;
  /** Who it is, where the settings leave `request.jwt.claims` out because no SQL reads them. */
  readonly claims?: string;
}

export interface RunOptions {
  /** Milliseconds until the statement is ended (SQLSTATE 57014); 0 or absent: the driver's own statement timeout. */
  readonly timeout?: number;
  /** Aborting cancels what runs, or gives up the place in the queue. */
  readonly signal?: AbortSignal;
  /**
   * The signal of a client who may hang up, which ends what runs as `signal` does. Making it costs as much as a short statement, so it is
   * asked for only where one has run for a moment already.
   */
  readonly hangUp?: () => AbortSignal;
  /** For observations: what this is on behalf of (a request id, a job's name). */
  readonly label?: string;
}

export type Isolation = 'read committed' | 'repeatable read' | 'serializable';

export interface TransactionOptions extends RunOptions {
  readonly actor?: Actor;
  readonly isolation?: Isolation;
  readonly readOnly?: boolean;
  /** It runs code that may leave settings on the session behind: they are taken off it again. What a statement's own text sets is seen. */
  readonly keepsSettings?: boolean;
}

/** How statements of one write are run, and what becomes of them. */
export interface BatchOptions extends TransactionOptions {
  readonly end?: 'commit' | 'rollback';
  /**
   * A read that may share its transaction with others of the same actor, and wait a moment for them. Only for what leaves nothing behind that
   * another statement could see: a setting, above all.
   */
  readonly together?: boolean;
}

/** Anything that runs statements: the driver itself (autocommit), a transaction, a session. */
export interface Executor {
  query(statement: Statement, options?: RunOptions): Promise<Result>;
  /** Any SQL text, several statements allowed, by the simple protocol; one result each. Stops at the first error. */
  script(sql: string, options?: RunOptions): Promise<readonly Result[]>;
  /** `COPY … FROM STDIN`: streams chunks in, bounded memory where the engine can; the number of rows. */
  copyIn(sql: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, options?: RunOptions): Promise<number>;
  /** `COPY … TO STDOUT`. Outside a transaction a slow reader does not keep an engine that has one session: the rows wait in a spool. */
  copyOut(sql: string, options?: RunOptions): AsyncIterable<Uint8Array>;
}

export interface Transaction extends Executor {
  /** A nested transaction (savepoint): an error inside rolls back to it and is thrown on. */
  savepoint<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
}

/** A Postgres session of one's own: session settings, temporary tables, advisory locks, explicit BEGIN. */
export interface Session extends Transaction {
  /** Gives it back, reset (`DISCARD ALL`); safe to call twice. */
  release(): Promise<void>;
}

export type Unlisten = () => Promise<void>;

/** What differs between engines, declared; code asks these, never "which engine". */
export interface Capabilities {
  /** Statements can run at the same time. */
  readonly concurrent: boolean;
  /** Serialization failures and deadlocks can happen. */
  readonly serializationFailures: boolean;
  /** `COPY` streams with back pressure instead of being buffered. */
  readonly streamingCopy: boolean;
  /** `statement_timeout` and cancel act inside the server, leaving other sessions alone. */
  readonly serverCancel: boolean;
  /** `CREATE DATABASE` works. */
  readonly createDatabase: boolean;
}

export interface Health {
  readonly ok: boolean;
  /** Milliseconds for one `SELECT 1`, queueing included. */
  readonly latency?: number;
  readonly reason?: string;
}

export interface PoolStats {
  readonly size: number;
  readonly busy: number;
  readonly idle: number;
  readonly waiting: number;
  /** Callers that gave up waiting, since the pool was opened. */
  readonly timeouts?: number;
}

export interface Driver extends Executor {
  readonly engine: 'pglite' | 'postgres';
  /** `server_version`, for instance `18.6`. */
  readonly version: string;
  readonly capabilities: Capabilities;
  /**
   * Begin, the actor's settings, all statements, and the end, in ONE write: one round trip. A failing statement rolls back
   * everything and rejects. `end: 'rollback'` runs it for its results only.
   */
  batch(statements: readonly Statement[], options?: BatchOptions): Promise<readonly Result[]>;
  /** An interactive transaction on one connection: committed when `work` resolves, rolled back when it rejects. */
  transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  session(options?: RunOptions): Promise<Session>;
  /** `resumed` is told when it is heard again after the server was away: notifications from meanwhile are lost. */
  listen(channel: string, heard: (payload: string, channel: string) => void, resumed?: () => void): Promise<Unlisten>;
  notify(channel: string, payload: string): Promise<void>;
  health(): Promise<Health>;
  stats(): PoolStats;
  /** Called for each statement that ran; returns the way to stop. Never with parameter values. */
  observe(observer: (observation: Observation) => void): () => void;
  /** Lets running work end within `graceMs`, then ends it; idempotent. */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

/** One statement, as it went: logs, metrics, `Server-Timing` and the studio decide what to do with it. */
export interface Observation {
  readonly text: string;
  readonly label?: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Milliseconds spent waiting for a connection or a turn. */
  readonly waited: number;
  /** Milliseconds spent running. */
  readonly took: number;
  readonly rows: number;
  /** How many statements went in the same write, and share `took`; 1 for a statement on its own. */
  readonly shared: number;
  /** SQLSTATE or driver code where it failed. */
  readonly error?: string;
}

/** An error that Postgres reported: its fields by their protocol names. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  constructor(
    message: string,
    /** SQLSTATE. */
    readonly code: string,
    readonly fields: {
      readonly severity?: string;
      readonly detail?: string;
      readonly hint?: string;
      readonly position?: number;
      readonly where?: string;
      readonly schema?: string;
      readonly table?: string;
      readonly column?: string;
      readonly dataType?: string;
      readonly constraint?: string;
      readonly routine?: string;
    } = {},
  ) {
    super(message);
  }
}

/** The database can't be reached, was restarted, or had no connection free in time. Codes are Hutch's (see `errors/`). */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  constructor(
    message: string,
    readonly code: 'unreachable' | 'restarted' | 'pool_timeout' | 'closed' | 'refused',
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
