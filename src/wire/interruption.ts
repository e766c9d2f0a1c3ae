import { ConnectionError, DatabaseError, type Lease } from '../db/index.ts';
import { CODES } from './failure.ts';
import type { Output } from './output.ts';

/** What runs is given this long to end by itself before a cancel ends the engine under it. */
const CANCEL_GRACE = 50;
/** A statement whose client has left is ended after this. */
const ABANDONED_GRACE = 2_000;

/** How what a client waits for or runs is ended before its time. */
export class Interruption {
  private waiting = new AbortController();
  private running: AbortController | undefined;
  /** A cancel came between the waiting and the running. */
  private cancelled = false;

  /** Aborted when there is nothing to wait for any longer. */
  get signal(): AbortSignal {
    return this.waiting.signal;
  }

  get isRunning(): boolean {
    return this.running !== undefined;
  }

  /** A cancel request. @param working whether there is anything it could mean */
  cancel(working: boolean): void {
    const { running } = this;
    this.cancelled = working && running === undefined;
    this.waiting.abort(canceled());
    this.waiting = new AbortController();
    if (running !== undefined) setTimeout(() => running === this.running && running.abort(), CANCEL_GRACE);
  }

  /** The client has left. */
  leave(): void {
    this.waiting.abort(new ConnectionError('the client has left', 'closed'));
    const { running } = this;
    if (running !== undefined) setTimeout(() => running === this.running && running.abort(), ABANDONED_GRACE).unref();
  }

  /** A cancel that came meanwhile is due now. */
  check(): void {
    if (this.cancelled) throw canceled();
  }

  /** A cancel means what runs when it comes, and nothing after that. */
  forget(): void {
    this.cancelled = false;
  }

  /** Runs what a cancel may end; `output` may hold it back. */
  async during(
    lease: Lease,
    output: Output,
    timeout: number,
    work: (options: { signal: AbortSignal; timeout: number }) => Promise<void>,
  ): Promise<void> {
    this.check();
    const running = new AbortController();
    this.running = running;
    output.control(lease);
    try {
      await work({ signal: running.signal, timeout });
    } finally {
      this.running = undefined;
      output.control(undefined);
    }
  }

  /** The promise, or the reason why it is not waited for any longer. */
  async unlessAborted(promise: Promise<void>): Promise<void> {
    const { signal } = this.waiting;
    const aborted = Promise.withResolvers<never>();
    const abort = () => aborted.reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    try {
      await Promise.race([promise, aborted.promise]);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }
}

const canceled = (): DatabaseError => new DatabaseError('canceling statement due to user request', CODES.queryCanceled);
