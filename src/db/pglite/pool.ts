import { Connection } from '../connection/connection.ts';
import type { Link } from '../connection/link.ts';
import { ConnectionError, type PoolStats } from '../driver.ts';
import { type EnterOptions, Gate } from '../pool/gate.ts';
import type { NotificationListener, Pool, Slot } from '../pool/pool.ts';
import type { Notification } from '../protocol/backend.ts';
import { identifier } from '../quoting.ts';
import { type Lease, type LeaseOptions, type ReleaseOptions, SlotLease } from './lease.ts';

/** A link with an end that does not wait for the engine's consent. */
export interface EngineLink extends Link {
  kill(): void;
}

export interface EngineEvents {
  notified(notification: Notification): void;
  died(reason: string, cancelled: boolean): void;
}

export interface PglitePoolOptions {
  /** Starts an engine. */
  readonly start: (events: EngineEvents) => Promise<EngineLink>;
  /** Milliseconds a caller waits for its turn; 0: without end. */
  readonly queueTimeout: number;
  /** What a restart means for the data, for the log line. */
  readonly afterRestart: string;
  /** Told of restarts, one line each. */
  readonly log: (message: string) => void;
  /** Run as the last thing before a shutdown in good order; what it gives is called once the engine is shut. */
  readonly last?: (connection: Connection) => Promise<() => void>;
}

/** Milliseconds between attempts to start an engine that does not start. */
const RESTART_PAUSE = 1_000;

/** The driver's own turns; they leave the session as they found it. */
const DRIVER = Symbol('driver');

/** Whoever waits inside of a transaction for what is sent beside it, waits for itself. */
const BUSY =
  'the embedded Postgres, which has one session, was busy all the time; inside of a transaction send all on its tx';

/**
 * The one session of an embedded engine, handed to one caller after another. An engine that died or was ended is started
 * again; whoever waits for a turn does not notice, whoever had one is told.
 */
export class PglitePool implements Pool {
  private readonly gate: Gate;
  private current: Promise<{ readonly connection: Connection; readonly link: EngineLink }> | undefined;
  private readonly channels = new Set<string>();
  private readonly listeners = new Set<NotificationListener>();
  private readonly resumed = new Set<() => void>();
  /** Whose session state the session holds. */
  private stateOf: unknown = DRIVER;
  /** How that state is taken off again, where its owner has said it. */
  private leave: ReleaseOptions['leave'];
  /** Counts how often the session was made anew. */
  private life = 0;
  private turns = 0;
  private turnsSeen = 0;
  private closed = false;

  constructor(private readonly options: PglitePoolOptions) {
    this.gate = new Gate(1, options.queueTimeout, BUSY);
  }

  /** Nobody has a turn or waits for one. */
  get quiet(): boolean {
    return this.gate.busy === 0;
  }

  /** Somebody had a turn since the last time this was asked. */
  usedSinceLook(): boolean {
    const used = this.turns !== this.turnsSeen;
    this.turnsSeen = this.turns + 1;
    return used;
  }

  /** Resolves once the engine answers. */
  async open(): Promise<void> {
    await this.engine();
  }

  async acquire(options?: EnterOptions): Promise<Slot> {
    const { slot } = await this.turn(options, DRIVER);
    return slot;
  }

  async lease(options: LeaseOptions): Promise<Lease> {
    const { slot, link, fresh } = await this.turn(options, options.owner);
    return this.lent(slot, link, fresh, (released) => this.givenBack(options.owner, slot.connection, released));
  }

  stats(): PoolStats {
    const { busy, waiting } = this.gate;
    return { size: 1, busy, idle: 1 - busy, waiting };
  }

  async listen(channel: string): Promise<void> {
    this.channels.add(channel);
    await this.run(`LISTEN ${identifier(channel)}`);
  }

  async unlisten(channel: string): Promise<void> {
    this.channels.delete(channel);
    await this.run(`UNLISTEN ${identifier(channel)}`);
  }

  onNotification(heard: NotificationListener): void {
    this.listeners.add(heard);
  }

  onResumed(resumed: () => void): void {
    this.resumed.add(resumed);
  }

  /**
   * Shuts the engine down in good order, lets `work` have its files, and starts it again. Callers wait meanwhile as for any turn. Where
   * `work` rejects, the engine starts on whatever files there are.
   */
  async reopen(work: () => Promise<void>): Promise<void> {
    const turn = this.gate.enter();
    if (turn !== undefined) await turn;
    try {
      const { link } = await this.engine();
      await link.end();
      this.current = undefined;
      await work();
    } finally {
      await this.engine().finally(() => this.gate.leave());
    }
  }

  async close(graceMs: number): Promise<void> {
    if (this.closed) return;
    const turn = this.gate.enter({ wait: Math.max(graceMs, 1) });
    this.closed = true;
    const quiet = await Promise.resolve(turn).then(
      () => true,
      () => false,
    );
    const engine = await this.current?.catch(() => undefined);
    if (engine === undefined) return;
    if (!quiet) return engine.link.kill();
    const after = graceMs > 0 ? await this.options.last?.(engine.connection).catch(() => undefined) : undefined;
    await engine.link.end();
    after?.();
  }

  private async turn(
    options: EnterOptions | undefined,
    owner: unknown,
  ): Promise<{ readonly slot: Slot; readonly link: EngineLink; readonly fresh: boolean }> {
    if (this.closed) throw closedError();
    const start = performance.now();
    const turn = this.gate.enter(options);
    if (turn !== undefined) await turn;
    this.turns++;
    try {
      if (this.closed) throw closedError();
      const { connection, link } = await this.engine();
      const fresh = this.stateOf !== owner || owner === DRIVER;
      if (this.stateOf !== DRIVER && fresh) await this.takeBack(connection, link);
      return { slot: this.slot(connection, performance.now() - start), link, fresh };
    } catch (error) {
      this.gate.leave();
      throw error;
    }
  }

  private slot(connection: Connection, waited: number): Slot {
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      this.gate.leave();
    };
    return { connection, waited, release, reset: () => this.reset(connection) };
  }

  private lent(
    slot: Slot,
    link: EngineLink,
    fresh: boolean,
    givenBack: (released: ReleaseOptions) => Promise<void> | void,
  ): Lease {
    return new SlotLease(slot, link, fresh, this.life, givenBack);
  }

  private givenBack(owner: unknown, connection: Connection, released: ReleaseOptions): Promise<void> | undefined {
    if (connection.broken) return undefined;
    this.stateOf = released.clean ? DRIVER : owner;
    this.leave = released.leave;
    if (!released.discarded) return undefined;
    this.life++;
    connection.forgetPrepared();
    return this.subscribe(connection);
  }

  /** The session still has an owner's state, and another's turn has come. */
  private async takeBack(connection: Connection, link: EngineLink): Promise<void> {
    const { leave } = this;
    this.leave = undefined;
    if (leave === undefined) return this.reset(connection);
    try {
      await leave(this.lent(this.slot(connection, 0), link, false, () => {}));
      this.stateOf = DRIVER;
    } catch {
      await this.reset(connection);
    }
  }

  private async reset(connection: Connection): Promise<void> {
    this.life++;
    await connection.discard();
    this.stateOf = DRIVER;
    await this.subscribe(connection);
  }

  private async subscribe(connection: Connection): Promise<void> {
    if (this.channels.size === 0) return;
    await connection.script([...this.channels].map((channel) => `LISTEN ${identifier(channel)}`).join(';'));
  }

  private async run(sql: string): Promise<void> {
    const slot = await this.acquire();
    try {
      await slot.connection.script(sql);
    } finally {
      slot.release();
    }
  }

  private engine(): Promise<{ readonly connection: Connection; readonly link: EngineLink }> {
    this.current ??= this.start().catch((error: unknown) => {
      this.current = undefined;
      throw error;
    });
    return this.current;
  }

  private async start(): Promise<{ readonly connection: Connection; readonly link: EngineLink }> {
    const link = await this.options.start({
      notified: (notification) => {
        for (const heard of this.listeners) heard(notification);
      },
      died: (reason, cancelled) => this.restart(reason, cancelled),
    });
    const connection = new Connection(link);
    this.stateOf = DRIVER;
    this.leave = undefined;
    this.life++;
    await this.subscribe(connection);
    if (this.life > 1) for (const told of this.resumed) told();
    return { connection, link };
  }

  private restart(reason: string, cancelled: boolean): void {
    this.current = undefined;
    if (this.closed) return;
    const { log, afterRestart } = this.options;
    const what = cancelled ? `A statement was ended (${reason})` : `The embedded Postgres died (${reason})`;
    log(`${what}; it is started again, ${afterRestart}`);
    this.engine().catch((error: unknown) => this.tryLater(error));
  }

  private tryLater(error: unknown): void {
    if (this.closed) return;
    this.options.log(
      `The embedded Postgres can't be started: ${error instanceof Error ? error.message : String(error)}`,
    );
    const timer = setTimeout(() => {
      if (!this.closed) this.engine().catch((again: unknown) => this.tryLater(again));
    }, RESTART_PAUSE);
    timer.unref();
  }
}

const closedError = (): ConnectionError => new ConnectionError('the database is closed', 'closed');
