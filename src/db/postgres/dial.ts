import { connect as connectSocket, type Socket } from 'node:net';
import postgres from 'postgres';
import { CLIENT_PARAMETERS, LIBPQ_PARAMETERS } from '../../config/index.ts';
import { didYouMean, HutchError } from '../../errors/index.ts';
import { ConnectionError } from '../driver.ts';
import { encrypt, SSL_MODES, type SslMode, sslFor } from './ssl.ts';

/** Where a Postgres is, and how to come in. */
export interface PostgresAddress {
  /** `postgres://user:password@host:port/database`; fields beside it win over its parts, `PG…` variables fill what neither has. */
  readonly url?: string;
  /** A name, an address, or the folder of a unix socket. */
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  /** Absent: the URL's `sslmode` (or `ssl`), else `require` for hosts other than this machine. */
  readonly ssl?: SslMode;
  /** A PEM file of the authority that signed the server's certificate. */
  readonly sslRootCert?: string;
}

export interface DialOptions extends PostgresAddress {
  /** Milliseconds. */
  readonly connectTimeout: number;
  /** Settings of the session from its start on; `DISCARD ALL` comes back to them. */
  readonly settings: Readonly<Record<string, string>>;
}

/** An open and authenticated connection on which nothing is under way. */
export interface Dialled {
  readonly socket: Socket;
  /** What a CancelRequest must name. */
  readonly backend: { readonly pid: number; readonly secret: number };
  readonly serverVersion: string;
}

const KEEP_ALIVE = 60_000;

/**
 * Opens a connection. postgres.js reads the address, speaks the startup and authenticates; then its part is over, and the
 * socket is ours: `connection.ts` speaks the protocol on it, as it does with an embedded engine. That way a transaction with
 * its actor is one request with one Sync, where postgres.js sends a Sync for each statement, and both engines share every line above
 * the link. (It also repeats a stale prepared statement outside the transaction that it was in, which would leave the actor's role behind.)
 */
export async function dial(options: DialOptions): Promise<Dialled> {
  const { url, ssl, sslRootCert } = readUrl(options);
  let socket: Socket | undefined;
  const open = async (parsed: ParsedAddress) => {
    socket = await openSocket(parsed, { ...options, ssl, sslRootCert });
    return socket;
  };
  const sql = postgres(url, { ...postgresOptions(options), socket: open } as postgres.Options<Record<string, never>>);
  try {
    const answer = await within(
      options.connectTimeout,
      sql.unsafe(`SELECT current_setting('server_version')`).values(),
    );
    if (socket === undefined) throw new TypeError('postgres.js did not use the socket that it was given');
    for (const event of ['data', 'drain', 'error', 'close', 'connect']) socket.removeAllListeners(event);
    return { socket, backend: backendOf(answer), serverVersion: String(answer[0]?.[0]) };
  } catch (error) {
    socket?.destroy();
    void sql.end({ timeout: 0 }).catch(() => {});
    throw connectionError(error, sql.options, misspelt(url));
  }
}

/** A connection that has not been used for anything: a CancelRequest is the first and only message on it. */
export async function dialForCancel(options: DialOptions): Promise<Socket> {
  const { url, ssl, sslRootCert } = readUrl(options);
  const { host, port, path } = postgres(
    url,
    postgresOptions(options) as postgres.Options<Record<string, never>>,
  ).options;
  return openSocket({ host, port, path }, { ...options, ssl, sslRootCert });
}

interface ParsedAddress {
  readonly host: readonly string[];
  readonly port: readonly number[];
  readonly path?: string | false | undefined;
}

/** The URL without what is the client's own business in it, and what it says of TLS; what is given beside it wins. */
export function readUrl(options: PostgresAddress): {
  readonly url: string;
  readonly ssl?: SslMode;
  readonly sslRootCert?: string;
} {
  const { ssl, sslRootCert, url = '' } = options;
  const [base = '', search] = url.split('?', 2);
  if (search === undefined) return { url, ssl, sslRootCert };
  const parameters = new URLSearchParams(search);
  const mode = modeOf(parameters);
  const rootCert = parameters.get('sslrootcert') ?? undefined;
  for (const name of CLIENT_PARAMETERS) parameters.delete(name);
  const rest = parameters.toString();
  return {
    url: rest === '' ? base : `${base}?${rest}`,
    ssl: ssl ?? mode,
    sslRootCert: sslRootCert ?? rootCert,
  };
}

/** node-postgres's switch, which many hosts put into the URLs that they give out. */
const SSL_SWITCH: ReadonlyMap<string | null, SslMode> = new Map([
  ['true', 'require'],
  ['1', 'require'],
  ['no-verify', 'require'],
  ['false', 'disable'],
  ['0', 'disable'],
]);

/** A mode that is misspelt must not become a weaker one. @throws HutchError `config_invalid_value` */
function modeOf(parameters: URLSearchParams): SslMode | undefined {
  const name = parameters.get('sslmode') ?? SSL_SWITCH.get(parameters.get('ssl')) ?? parameters.get('ssl');
  if (name === null) return undefined;
  const mode = SSL_MODES.find((it) => it === name);
  if (mode !== undefined) return mode;
  throw new HutchError('config_invalid_value', {
    message: `The database's URL asks for the SSL mode "${name}", which there is not`,
    hint: didYouMean(name, SSL_MODES) ?? `There are ${SSL_MODES.join(', ')}.`,
    field: 'sslmode',
  });
}

function postgresOptions(options: DialOptions): Record<string, unknown> {
  const { host, port, user, password, database } = options;
  const given = Object.entries({ host, port, user, password, database }).filter(([, value]) => value !== undefined);
  return {
    ...Object.fromEntries(given),
    max: 1,
    ssl: false,
    fetch_types: false,
    idle_timeout: null,
    max_lifetime: null,
    connect_timeout: options.connectTimeout / 1000,
    connection: options.settings,
    onnotice: () => {},
  };
}

async function openSocket(address: ParsedAddress, options: DialOptions): Promise<Socket> {
  const path = typeof address.path === 'string' ? address.path : undefined;
  if (path !== undefined) return inTime(connectSocket({ path }), options, connected);
  let failure: unknown;
  for (const [index, host] of address.host.entries()) {
    const ssl = { mode: sslFor(host, options.ssl), rootCert: options.sslRootCert };
    const port = address.port[index] ?? 5432;
    const socket = connectSocket({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE });
    try {
      return await inTime(socket, options, async () => encrypt(await connected(socket), host, ssl));
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** What is not there in time, or fails, leaves no connection behind. */
async function inTime(
  socket: Socket,
  { connectTimeout }: DialOptions,
  open: (socket: Socket) => Promise<Socket>,
): Promise<Socket> {
  try {
    return await within(connectTimeout, open(socket));
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function connected(socket: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.removeListener('error', reject);
      resolve(socket);
    });
  });
}

async function within<T>(ms: number, work: PromiseLike<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('it did not answer in time')), ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** postgres.js tells the backend's key with each result. */
function backendOf(result: unknown): { pid: number; secret: number } {
  const state = (result as { readonly state: { readonly pid: number; readonly secret: number } }).state;
  return { pid: state.pid, secret: state.secret };
}

/** SQLSTATE classes for "come back later": shutting down, starting up, too many connections. */
const LATER = new Set(['57P01', '57P02', '57P03', '53300']);

/**
 * What the server is sent as settings may be misspelt parameters: it refuses those, but where `hots` was to say which server, another one is
 * asked. A space and a sentence, or nothing.
 */
function misspelt(url: string): string {
  const names = new URLSearchParams(url.split('?', 2)[1]).keys();
  for (const name of names) {
    const hint = LIBPQ_PARAMETERS.includes(name) ? null : didYouMean(name, LIBPQ_PARAMETERS);
    if (hint !== null) return `. The address has "${name}": ${hint.replace('Did', 'did')}`;
  }
  return '';
}

function connectionError(error: unknown, at: ParsedAddress, misspelt: string): Error {
  if (error instanceof ConnectionError || error instanceof HutchError) return error;
  const where = typeof at.path === 'string' ? at.path : `${at.host[0] ?? 'localhost'}:${at.port[0] ?? 5432}`;
  const code = error instanceof postgres.PostgresError ? error.code : undefined;
  const reason = error instanceof Error ? error.message || error.name : String(error);
  const refused = code !== undefined && !LATER.has(code);
  return new ConnectionError(
    (refused ? `Postgres at ${where} refused the connection: ` : `can't reach Postgres at ${where}: `) +
      reason +
      misspelt,
    refused ? 'refused' : 'unreachable',
    { cause: error },
  );
}
