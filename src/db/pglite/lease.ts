import type { Connection } from '../connection.ts';
import type { RunOptions } from '../driver.ts';
import { guarded } from '../guard.ts';
import type { RawLink } from '../link.ts';
import type { Slot } from '../pool.ts';
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
   * Sends frontend messages and gives the reply, as pieces of whole messages. The messages should end with Sync, or be a Query; after a half cycle
   * (up to Flush) the reply has no ReadyForQuery, and the rest must come on the same lease. A COPY FROM STDIN must be
   * there with all its data. The memory is given away. Notifications are left out: they go to those who `listen`.
   * Rejects with ConnectionError `restarted` where the engine went away, DatabaseError 57014 where it was ended.
   */
  raw(bytes: Uint8Array<ArrayBuffer>, options?: RunOptions): Promise<readonly Uint8Array[]>;
  /** The same with the pieces as they come. */
  stream(bytes: Uint8Array<ArrayBuffer>, received: (piece: Uint8Array) => void, options?: RunOptions): Promise<void>;
  /** A `COPY … FROM STDIN` whose data comes as it is read: `parts` are its messages, up to CopyDone or CopyFail. */
  copyIn(
    bytes: Uint8Array<ArrayBuffer>,
    parts: AsyncIterable<Uint8Array<ArrayBuffer>>,
    receive: Receive,
    options?: RunOptions,
  ): Promise<void>;
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

const READY_BYTES = 6;

/** A lease on a pool's slot. */
export class SlotLease implements Lease {
  private released = false;

  constructor(
    private readonly slot: Slot,
    private readonly link: RawLink,
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

  async raw(bytes: Uint8Array<ArrayBuffer>, options?: RunOptions): Promise<readonly Uint8Array[]> {
    const pieces: Uint8Array[] = [];
    await this.stream(bytes, (piece) => pieces.push(piece), options);
    return pieces;
  }

  stream(bytes: Uint8Array<ArrayBuffer>, received: (piece: Uint8Array) => void, options?: RunOptions): Promise<void> {
    const tap = (piece: Uint8Array) => {
      this.noteState(piece);
      received(piece);
    };
    return guarded(this.connection, options, () => this.connection.raw(() => this.link.raw(bytes, tap)));
  }

  copyIn(
    bytes: Uint8Array<ArrayBuffer>,
    parts: AsyncIterable<Uint8Array<ArrayBuffer>>,
    receive: Receive,
    options?: RunOptions,
  ): Promise<void> {
    const tap: Receive = (type, buffer, start, end) => {
      if (type === READY) this.connection.state = readState(buffer, start);
      receive(type, buffer, start, end);
    };
    return guarded(this.connection, options, () => this.connection.raw(() => this.link.copyIn(bytes, parts, tap)));
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

  /** ReadyForQuery, if the piece has one, is its last message. */
  private noteState(piece: Uint8Array): void {
    const at = piece.length - READY_BYTES;
    if (at < 0 || piece[at] !== READY || piece[at + 4] !== READY_BYTES - 1) return;
    this.connection.state = readState(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength), piece.length - 1);
  }
}
