import { ConnectionError, canceled, type Lease, type RunOptions } from '../../db/index.ts';
import type { Output } from '../connection/output.ts';

/** What runs is given this long to end by itself before a cancel ends the engine under it. */
const CANCEL_GRACE = 50;
/** A statement whose client has left is ended after this. */
const ABANDONED_GRACE = 2_000;

/** How what a client waits for or runs is ended before its time. */
export class Interruption {
  private waiting = new AbortController();
  /** Where something runs. */
  private running: Lease | undefined;
  /** Counts what has run, so that nothing hits what runs next. */
  private count = 0;
  /** A cancel came between the waiting and the running. */
  private cancelled = false;
  private left = false;

  /** Aborted when there is nothing to wait for any longer. */
  get signal(): AbortSignal {
    return this.waiting.signal;
  }

  /** A cancel request. @param working whether there is anything it could mean */
  cancel(working: boolean): void {
    this.cancelled = working && this.running === undefined;
    this.waiting.abort(canceled('signal'));
    this.waiting = new AbortController();
    this.endRunning(CANCEL_GRACE);
  }

  /** The client has left. */
  leave(): void {
    this.left = true;
    this.waiting.abort(gone());
    this.endRunning(ABANDONED_GRACE)?.unref();
  }

  /** A cancel that came meanwhile is due now; nothing begins for a client that has left. */
  check(): void {
    if (this.left) throw gone();
    if (this.cancelled) throw canceled('signal');
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
    work: (options?: RunOptions) => Promise<void>,
  ): Promise<void> {
    this.check();
    this.running = lease;
    this.count++;
    output.control(lease);
    try {
      await (timeout > 0 ? work({ timeout }) : work());
    } finally {
      this.running = undefined;
      output.control(undefined);
    }
  }

  private endRunning(grace: number): ReturnType<typeof setTimeout> | undefined {
    const { count } = this;
    if (this.running === undefined) return undefined;
    return setTimeout(() => {
      if (this.count === count) this.running?.cancel();
    }, grace);
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

const gone = (): ConnectionError => new ConnectionError('the client has left', 'closed');
