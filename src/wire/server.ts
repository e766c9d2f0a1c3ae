import type { Socket, TCPSocketListener } from 'bun';
import type { PgliteDriver } from '../db/index.ts';
import { Connection, type ConnectionOptions, type Registry } from './connection/connection.ts';
import { Hub } from './session/hub.ts';

export interface WireOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Clients must give it (SCRAM-SHA-256, any user name that exists); absent: no password is asked for. */
  readonly password?: string;
  /** Milliseconds that a client may keep an open transaction without using it, while others wait. */
  readonly idleInTransaction?: number;
  /** Milliseconds that a client waits for its turn before it gets an error. */
  readonly wait?: number;
  /** Milliseconds that a client has to say who it is, its password included. */
  readonly authentication?: number;
  /** Most clients at a time. */
  readonly clients?: number;
  readonly log?: (message: string) => void;
}

export interface WireServer {
  readonly port: number;
  readonly host: string;
  /** `postgres://postgres@127.0.0.1:54322/postgres`; never with the password. */
  readonly url: string;
  readonly clients: number;
  /** Tells every client, undoes what it has open, and closes the port. Idempotent. */
  stop(): Promise<void>;
}

const DEFAULT_IDLE_IN_TRANSACTION = 60_000;
const DEFAULT_WAIT = 30_000;
/** Postgres's own `authentication_timeout`. */
const DEFAULT_AUTHENTICATION = 60_000;
const DEFAULT_CLIENTS = 100;
const STOP_GRACE = 3_000;

/**
 * Opens a Postgres port onto an embedded engine: psql, drivers, drizzle-kit and every other client of Postgres share its one
 * session, each as if it had a session of its own.
 */
export function openWire(driver: PgliteDriver, options: WireOptions): WireServer {
  return new RunningServer(driver, options);
}

interface SocketData {
  connection?: Connection;
}

class RunningServer implements WireServer, Registry {
  private readonly hub: Hub;
  private readonly listener: TCPSocketListener<SocketData>;
  private readonly connections = new Map<number, Connection>();
  private readonly leaving = new Set<Promise<void>>();
  private lastId = 0;
  private stopping: Promise<void> | undefined;

  constructor(
    driver: PgliteDriver,
    private readonly options: WireOptions,
  ) {
    this.hub = new Hub(driver);
    const connectionOptions: ConnectionOptions = {
      password: options.password,
      wait: options.wait ?? DEFAULT_WAIT,
      authentication: options.authentication ?? DEFAULT_AUTHENTICATION,
      idleInTransaction: options.idleInTransaction ?? DEFAULT_IDLE_IN_TRANSACTION,
      log: options.log ?? (() => {}),
    };
    this.listener = Bun.listen<SocketData>({
      hostname: this.host,
      port: options.port,
      socket: {
        open: (socket) => this.open(socket, connectionOptions),
        data: (socket, chunk) => socket.data.connection?.receive(chunk),
        drain: (socket) => socket.data.connection?.drain(),
        close: (socket) => this.close(socket),
        error: (socket) => this.close(socket),
      },
    });
  }

  get port(): number {
    return this.listener.port;
  }

  get host(): string {
    return this.options.host ?? '127.0.0.1';
  }

  get url(): string {
    return `postgres://postgres@${this.host}:${this.port}/postgres`;
  }

  get clients(): number {
    return this.connections.size;
  }

  admit(connection: Connection): number | undefined {
    if (this.stopping !== undefined || this.connections.size >= (this.options.clients ?? DEFAULT_CLIENTS))
      return undefined;
    const id = ++this.lastId;
    this.connections.set(id, connection);
    return id;
  }

  leave(connection: Connection): void {
    if (this.connections.get(connection.id) === connection) this.connections.delete(connection.id);
  }

  cancel(pid: number, key: number): void {
    const connection = this.connections.get(pid);
    if (connection?.key === key) connection.client?.cancel();
  }

  stop(): Promise<void> {
    this.stopping ??= this.end();
    return this.stopping;
  }

  private async end(): Promise<void> {
    this.listener.stop();
    for (const connection of [...this.connections.values()]) {
      connection.shutDown();
      this.track(connection.gone());
    }
    await Promise.race([Promise.allSettled([...this.leaving]), Bun.sleep(STOP_GRACE)]);
    this.listener.stop(true);
    this.hub.close();
  }

  private open(socket: Socket<SocketData>, options: ConnectionOptions): void {
    socket.setNoDelay(true);
    socket.data = { connection: new Connection(socket, this.hub, this, options) };
  }

  private close(socket: Socket<SocketData>): void {
    const { connection } = socket.data ?? {};
    if (connection !== undefined) this.track(connection.gone());
  }

  private track(leaving: Promise<void>): void {
    const done = leaving.catch(() => {}).finally(() => this.leaving.delete(done));
    this.leaving.add(done);
  }
}
