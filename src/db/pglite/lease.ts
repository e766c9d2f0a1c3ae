import type { Connection } from '../connection/connection.ts';
import { guarded } from '../connection/guard.ts';
import type { Link } from '../connection/link.ts';
import type { RunOptions } from '../driver.ts';
import type { Slot } from '../pool/pool.ts';
import { READY, readState, type TransactionState } from '../protocol/backend.ts';
import type { Receive } from '../protocol/frames.ts';

export interface LeaseOptions {
  /** Who asks; owners take turns, and `Lease.fresh` is about one and the same owner. Any object or string will do. */
  readonly owner: unknown;
  /** Aborting gives up the place in the queue. */
  readonly signal?: AbortSignal;
  /** Milliseconds to wait for the session; 0: without end; absent: the driver's queue timeout. */
  readonly wait?: number;
}

/** The embedded engine's one session, to speak raw protocol on until it is released. */
export interface Lease {
  /** Grows whenever the session was made anew (`DISCARD ALL`, a restart): what an owner had prepared before is gone. */
  readonly life: number;
  /** Another object after each restart of the engine: temporary tables of the time before are gone, whoever made them. */
  readonly engine: object;
  /**
   * True where the session is as new (`DISCARD ALL` was done): the owner's first lease, or somebody else has had the session since its last.
   * Its settings, temporary tables and prepared statements of that time are gone.
   */
  readonly fresh: boolean;
  /** Of the transaction, as the last ReadyForQuery told. */
  readonly state: TransactionState;
  /**
   * Sends frontend messages and hands on those of the reply, whose memory stays as it is. They should end with Sync, or be a Query; after a half cycle
   * (up to Flush) the reply has no ReadyForQuery, and the rest must come on the same lease. A COPY FROM STDIN must be
   * there with all its data. The memory is given away. Notifications are left out: they go to those who `listen`.
   * Rejects with ConnectionError `restarted` where the engine went away, DatabaseError 57014 where it was ended.
   */
  exchange(bytes: Uint8Array<ArrayBuffer>, receive: Receive, options?: RunOptions): Promise<void>;
  /** A `COPY … FROM STDIN` whose data comes as it is read: `parts` are its messages, up to CopyDone or CopyFail. */
  copyIn(
    bytes: Uint8Array<ArrayBuffer>,
    parts: AsyncIterable<Uint8Array<ArrayBuffer>>,
    receive: Receive,
    options?: RunOptions,
  ): Promise<void>;
  /** Ends what runs, and the engine with it: it is started again. */
  cancel(): void;
  /** Holds back the rest of a long reply; `resume` lets it come. */
  pause(): void;
  resume(): void;
  /**
   * Gives the session back; an open transaction is rolled back. `clean` says that the session's state is as it was when it was fresh
   * (no SET, no PREPARE, no temporary table …), so that the next owner needs no reset. Safe to call twice.
   */
  release(options?: ReleaseOptions): Promise<void>;
}

export interface ReleaseOptions {
  readonly clean?: boolean;
  /**
   * Instead of a reset, and only if another owner's turn comes before this one's next: takes the owner's state off the session and
   * leaves it clean. Where it rejects, the session is reset.
   */
  readonly leave?: (lease: Lease) => Promise<void>;
  /** The owner has run `DISCARD ALL` or `DEALLOCATE ALL`: what others had prepared or listened to is gone as well. */
  readonly discarded?: boolean;
}

/** A lease on a pool's slot. */
export class SlotLease implements Lease {
  private released = false;

  constructor(
    private readonly slot: Slot,
    private readonly link: Link,
    readonly fresh: boolean,
    readonly life: number,
    private readonly givenBack: (options: ReleaseOptions) => Promise<void> | void,
  ) {}

  get engine(): object {
    return this.link;
  }

  get state(): TransactionState {
    return this.connection.state;
  }

  private get connection(): Connection {
    return this.slot.connection;
  }

  exchange(bytes: Uint8Array<ArrayBuffer>, receive: Receive, options?: RunOptions): Promise<void> {
    return guarded(this.connection, options, () =>
      this.connection.raw(() => this.link.exchange(bytes, this.heeding(receive))),
    );
  }

  copyIn(
    bytes: Uint8Array<ArrayBuffer>,
    parts: AsyncIterable<Uint8Array<ArrayBuffer>>,
    receive: Receive,
    options?: RunOptions,
  ): Promise<void> {
    return guarded(this.connection, options, () =>
      this.connection.raw(() => this.link.copyIn(bytes, parts, this.heeding(receive))),
    );
  }

  cancel(): void {
    void this.link.cancel('signal');
  }

  pause(): void {
    this.link.pause();
  }

  resume(): void {
    this.link.resume();
  }

  async release(options: ReleaseOptions = {}): Promise<void> {
    if (this.released) return;
    this.released = true;
    try {
      if (!this.link.broken && this.state !== 'idle') await this.connection.script('ROLLBACK');
      await this.givenBack(options);
    } finally {
      this.slot.release();
    }
  }

  private heeding(receive: Receive): Receive {
    const { connection } = this;
    return (type, buffer, start, end) => {
      if (type === READY) connection.state = readState(buffer, start);
      receive(type, buffer, start, end);
    };
  }
}
