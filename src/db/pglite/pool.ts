import { Connection } from '../connection.ts';
import { ConnectionError, type PoolStats } from '../driver.ts';
import { type EnterOptions, Gate } from '../gate.ts';
import { quoteIdentifier } from '../identifier.ts';
import type { Pool, Slot } from '../pool.ts';
import type { Notification } from '../protocol/backend.ts';
import { WorkerLink } from './link.ts';
import type { EngineOptions } from './messages.ts';

export interface PglitePoolOptions {
  readonly engine: EngineOptions;
  /** Milliseconds a caller waits for its turn; 0: without end. */
  readonly queueTimeout: number;
  /** Told of restarts, one line each. */
  readonly log: (message: string) => void;
}

/** Milliseconds between attempts to start an engine that does not start. */
const RESTART_PAUSE = 1_000;

/**
 * The one session of an embedded engine, handed to one caller after another. An engine that died or was ended is started
 * again; whoever waits for a turn then does not notice, whoever had one is told.
 */
export class PglitePool implements Pool {
  private readonly gate: Gate;
  private current: Promise<Connection> | undefined;
  private readonly channels = new Set<string>();
  private heard: (notification: Notification) => void = () => {};
  private closed = false;

  constructor(private readonly options: PglitePoolOptions) {
    this.gate = new Gate(1, options.queueTimeout, 'the embedded Postgres was busy all the time');
  }

  /** Resolves once the engine answers. */
  async start(): Promise<void> {
    await this.connection();
  }

  async acquire(options?: EnterOptions): Promise<Slot> {
    if (this.closed) throw closedError();
    const start = performance.now();
    const turn = this.gate.enter(options);
    if (turn !== undefined) await turn;
    try {
      const connection = await this.connection();
      return this.slot(connection, performance.now() - start);
    } catch (error) {
      this.gate.leave();
      throw error;
    }
  }

  stats(): PoolStats {
    const { busy, waiting } = this.gate;
    return { size: 1, busy, idle: 1 - busy, waiting };
  }

  async listen(channel: string): Promise<void> {
    this.channels.add(channel);
    await this.run(`LISTEN ${quoteIdentifier(channel)}`);
  }

  async unlisten(channel: string): Promise<void> {
    this.channels.delete(channel);
    await this.run(`UNLISTEN ${quoteIdentifier(channel)}`);
  }

  onNotification(heard: (notification: Notification) => void): void {
    this.heard = heard;
  }

  async close(graceMs: number): Promise<void> {
    if (this.closed) return;
    const idle = this.gate.enter({ wait: graceMs });
    this.closed = true;
    const quiet = await Promise.resolve(idle).then(
      () => true,
      () => false,
    );
    const connection = await this.current?.catch(() => undefined);
    if (!(connection?.link instanceof WorkerLink)) return;
    if (quiet) await connection.link.end();
    else connection.link.kill();
  }

  private slot(connection: Connection, waited: number): Slot {
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      this.gate.leave();
    };
    return { connection, waited, release };
  }

  private async run(sql: string): Promise<void> {
    const slot = await this.acquire();
    try {
      await slot.connection.script(sql);
    } finally {
      slot.release();
    }
  }

  private connection(): Promise<Connection> {
    this.current ??= this.open().catch((error: unknown) => {
      this.current = undefined;
      throw error;
    });
    return this.current;
  }

  private async open(): Promise<Connection> {
    const link = await WorkerLink.open(this.options.engine, {
      notified: (notification) => this.heard(notification),
      died: (reason, cancelled) => this.restart(reason, cancelled),
    });
    const connection = new Connection(link);
    for (const channel of this.channels) await connection.script(`LISTEN ${quoteIdentifier(channel)}`);
    return connection;
  }

  private restart(reason: string, cancelled: boolean): void {
    this.current = undefined;
    if (this.closed) return;
    this.options.log(
      cancelled
        ? `a statement was ended (${reason}); the embedded Postgres restarts`
        : `the embedded Postgres died (${reason}) and is restarted`,
    );
    this.connection().catch((error: unknown) => {
      this.options.log(`the embedded Postgres did not restart: ${String(error)}`);
      setTimeout(() => this.current === undefined && this.restart('still down', false), RESTART_PAUSE);
    });
  }
}

const closedError = (): ConnectionError => new ConnectionError('the database is closed', 'closed');
