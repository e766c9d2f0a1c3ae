import { type CancelReason, canceled } from '../canceled.ts';
import { deadline } from '../deadline.ts';
import { DatabaseError, type RunOptions } from '../driver.ts';
import { QUERY_CANCELED } from '../sqlstate.ts';
import type { Connection } from './connection.ts';
import type { Link } from './link.ts';

/** Milliseconds until a statement that goes on is asked to end again: what had not begun when it was asked did not hear of it. */
const ASK_AGAIN = 250;

/** Milliseconds that a statement runs before it matters whether its client is still there. */
const MOMENT = 250;
/** The same where the whole engine has to be ended with it: a start of it is shorter. */
const LONG_MOMENT = 2_000;

/**
 * Runs `work` on a connection, ended when its time is up, its signal aborts or its client has gone. The promise settles only when a cancel
 * that was sent can't hit whatever runs on the connection next.
 */
export function guarded<T>(
  connection: Connection,
  options: RunOptions | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const { timeout = 0, signal, hangUp } = options ?? {};
  if (timeout <= 0 && signal === undefined && hangUp === undefined) return work();
  const watch = new Watch(connection.link, timeout, signal, hangUp);
  return work().then(
    (value) => watch.succeeded(value),
    (error: unknown) => watch.failed(error),
  );
}

/** What may end a statement from outside, while it runs. */
class Watch {
  private readonly liftTimeout: (() => void) | undefined;
  private readonly liftMoment: (() => void) | undefined;
  private cancelled: CancelReason | undefined;
  private cancelling: Promise<void> | undefined;
  private over: (() => void) | undefined;

  constructor(
    private readonly link: Link,
    timeout: number,
    private signal: AbortSignal | undefined,
    hangUp: (() => AbortSignal) | undefined,
  ) {
    if (timeout > 0) this.liftTimeout = deadline(timeout, () => this.cancel('timeout'));
    if (signal !== undefined) this.heed(signal);
    else if (hangUp !== undefined) {
      this.liftMoment = deadline(link.cancelsGently ? MOMENT : LONG_MOMENT, () => this.heed(hangUp()));
    }
  }

  succeeded<T>(value: T): T | Promise<T> {
    const cancelling = this.end();
    return cancelling === undefined ? value : cancelling.then(() => value);
  }

  async failed(error: unknown): Promise<never> {
    await this.end();
    throw this.cancelled === undefined ? error : explained(error, this.cancelled);
  }

  private heed(signal: AbortSignal): void {
    this.signal = signal;
    if (signal.aborted) this.cancel('signal');
    else signal.addEventListener('abort', this.aborted, { once: true });
  }

  private readonly aborted = (): void => this.cancel('signal');

  private cancel(reason: CancelReason): void {
    if (this.cancelled !== undefined) return;
    this.cancelled = reason;
    const settled = Promise.withResolvers<void>();
    this.over = settled.resolve;
    this.cancelling = cancelUntil(settled.promise, this.link, reason);
  }

  private end(): Promise<void> | undefined {
    this.liftTimeout?.();
    this.liftMoment?.();
    this.signal?.removeEventListener('abort', this.aborted);
    this.over?.();
    return this.cancelling;
  }
}

async function cancelUntil(settled: Promise<void>, link: Link, reason: CancelReason): Promise<void> {
  let over = false;
  const end = settled.then(() => {
    over = true;
  });
  while (!over) {
    await link.cancel(reason).catch(() => {});
    await Promise.race([end, Bun.sleep(ASK_AGAIN)]);
  }
}

/** A server knows of a cancel request only that somebody sent it; here it is known why. */
function explained(error: unknown, reason: CancelReason): unknown {
  if (!(error instanceof DatabaseError) || error.code !== QUERY_CANCELED) return error;
  return canceled(reason, error.fields);
}
