import type { Socket } from 'node:net';
import { Connection } from '../connection/connection.ts';
import { ConnectionError, type PoolStats } from '../driver.ts';
import { type EnterOptions, Gate } from '../pool/gate.ts';
import type { NotificationListener, Pool, Slot } from '../pool/pool.ts';
import type { Notification } from '../protocol/backend.ts';
import { withBackoff } from './backoff.ts';
import { type DialOptions, dial, dialForCancel } from './dial.ts';
import { SocketLink } from './link.ts';
import { Listener } from './listener.ts';

export interface PostgresPoolOptions {
  readonly dial: DialOptions;
  readonly size: number;
  /** Milliseconds a caller waits for a connection; 0: without end. */
  readonly poolTimeout: number;
  /** Milliseconds after which a connection that nobody uses is closed; 0: never. */
  readonly idleTimeout: number;
  /** Milliseconds after which a connection is replaced by a new one; 0: never. */
  readonly maxLifetime: number;
  /** Whether statements that come again are kept on the server by name. */
  readonly prepare: boolean;
  /** Milliseconds for which a server that has gone away is tried again before a caller is told. */
  readonly reconnectTime: number;
  readonly log: (message: string) => void;
}

/** How often idle connections are looked at, in parts of the time after which they are closed. */
const SWEEPS = 4;

/**
 * Connections to a server behind a first-in-first-out gate: no more requests in flight than connections, which keeps the
 * slowest of them ten times faster than a crowd on the sockets would.
 */
export class PostgresPool implements Pool {
  serverVersion = '';
  private readonly gate: Gate;
  /** The one used last is taken first, so that the others may age. */
  private readonly idle: Connection[] = [];
  private readonly open = new Set<SocketLink>();
  private readonly listener: Listener;
  private readonly sweeper: ReturnType<typeof setInterval> | undefined;
  private readonly listeners = new Set<NotificationListener>();
  private readonly resumed = new Set<() => void>();
  private closed = false;

  constructor(private readonly options: PostgresPoolOptions) {
    this.gate = new Gate(options.size, options.poolTimeout);
    this.listener = new Listener({
      dial: () => this.dial((notification) => this.notified(notification)),
      log: options.log,
      resumed: () => {
        for (const told of this.resumed) told();
      },
    });
    const limits = [options.idleTimeout, options.maxLifetime].filter((limit) => limit > 0);
    if (limits.length > 0) {
      this.sweeper = setInterval(() => this.sweep(), Math.min(...limits) / SWEEPS);
      this.sweeper.unref();
    }
  }

  /** Opens the first connection; rejects in one clear sentence where it can't. */
  async start(): Promise<void> {
    this.idle.push(await this.connect());
  }

  async acquire(options?: EnterOptions): Promise<Slot> {
    if (this.closed) throw closedError();
    const start = performance.now();
    const turn = this.gate.enter(options);
    if (turn !== undefined) await turn;
    try {
      const connection = this.takeIdle() ?? (await this.reconnect(options?.signal));
      return this.slot(connection, performance.now() - start);
    } catch (error) {
      this.gate.leave();
      throw error;
    }
  }

  stats(): PoolStats {
    const { size, busy, waiting, timeouts } = this.gate;
    return { size, busy, idle: this.idle.length, waiting, timeouts };
  }

  listen(channel: string): Promise<void> {
    return this.listener.listen(channel);
  }

  unlisten(channel: string): Promise<void> {
    return this.listener.unlisten(channel);
  }

  onNotification(heard: NotificationListener): void {
    this.listeners.add(heard);
  }

  onResumed(resumed: () => void): void {
    this.resumed.add(resumed);
  }

  async close(graceMs: number): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    clearInterval(this.sweeper);
    await this.listener.close();
    const deadline = performance.now() + graceMs;
    while (this.gate.busy > 0 && performance.now() < deadline) await Bun.sleep(10);
    if (this.gate.busy > 0) await this.breakOff();
    await Promise.all([...this.open].map((link) => link.end()));
  }

  /** A server does not notice that its client is gone before it has done what it was asked. */
  private async breakOff(): Promise<void> {
    await Promise.all([...this.open].map((link) => link.cancel('signal').catch(() => {})));
    for (const link of this.open) link.kill();
  }

  private slot(connection: Connection, waited: number): Slot {
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      this.giveBack(connection);
      this.gate.leave();
    };
    return { connection, waited, release, reset: () => connection.discard() };
  }

  private giveBack(connection: Connection): void {
    if (connection.broken) return;
    // Never hand on a transaction that somebody left open, nor a session that is still at work.
    if (connection.state !== 'idle' || connection.busy || this.isOld(connection)) {
      void connection.link.end();
      return;
    }
    if (connection.link instanceof SocketLink) connection.link.idleSince = performance.now();
    this.idle.push(connection);
  }

  private takeIdle(): Connection | undefined {
    for (let connection = this.idle.pop(); connection !== undefined; connection = this.idle.pop()) {
      if (!connection.broken) return connection;
    }
    return undefined;
  }

  private reconnect(signal?: AbortSignal): Promise<Connection> {
    const { reconnectTime } = this.options;
    return withBackoff(() => this.connect(), { within: reconnectTime, stopped: () => this.closed, signal });
  }

  private async connect(): Promise<Connection> {
    return new Connection(await this.dial(), this.options.prepare);
  }

  /** Only the listening connection passes on what it hears: another would tell the same again. */
  private async dial(notified: NotificationListener = () => {}): Promise<SocketLink> {
    const dialled = await dial(this.options.dial);
    this.serverVersion = dialled.serverVersion;
    const cancelSocket = (): Promise<Socket> => dialForCancel(this.options.dial);
    const link: SocketLink = new SocketLink(dialled, { notified, closed: () => this.open.delete(link) }, cancelSocket);
    this.open.add(link);
    return link;
  }

  private notified(notification: Notification): void {
    for (const heard of this.listeners) heard(notification);
  }

  private isOld({ link }: Connection): boolean {
    const { maxLifetime } = this.options;
    return maxLifetime > 0 && link instanceof SocketLink && performance.now() - link.openedAt > maxLifetime;
  }

  private isUnused({ link }: Connection): boolean {
    const { idleTimeout } = this.options;
    return idleTimeout > 0 && link instanceof SocketLink && performance.now() - link.idleSince > idleTimeout;
  }

  private sweep(): void {
    for (const connection of this.idle.filter((candidate) => this.isUnused(candidate) || this.isOld(candidate))) {
      this.idle.splice(this.idle.indexOf(connection), 1);
      void connection.link.end();
    }
  }
}

const closedError = (): ConnectionError => new ConnectionError('the database is closed', 'closed');
