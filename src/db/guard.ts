import type { Connection } from './connection.ts';
import { deadline } from './deadline.ts';
import { DatabaseError, type RunOptions } from './driver.ts';
import { CANCEL_MESSAGES, type CancelReason, type Link, QUERY_CANCELED } from './link.ts';

/** Milliseconds until a statement that goes on is asked to end again: what had not begun when it was asked did not hear of it. */
const ASK_AGAIN = 250;

/**
 * Runs `work` on a connection, ended when its time is up or its signal aborts. The promise settles only when a cancel that was
 * sent can't hit whatever runs on the connection next.
 */
export function guarded<T>(
  connection: Connection,
  options: RunOptions | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const timeout = options?.timeout ?? 0;
  const signal = options?.signal;
  if (timeout <= 0 && signal === undefined) return work();
  return watched(connection, timeout, signal, work);
}

async function watched<T>(
  connection: Connection,
  timeout: number,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  let cancelled: CancelReason | undefined;
  let cancelling: Promise<void> | undefined;
  const settled = Promise.withResolvers<void>();
  const cancel = (reason: CancelReason) => {
    cancelled ??= reason;
    cancelling ??= cancelUntil(settled.promise, connection.link, reason);
  };
  const lift = timeout > 0 ? deadline(timeout, () => cancel('timeout')) : undefined;
  const aborted = () => cancel('signal');
  signal?.addEventListener('abort', aborted, { once: true });
  try {
    if (signal?.aborted) cancel('signal');
    return await work();
  } catch (error) {
    throw cancelled === undefined ? error : explained(error, cancelled);
  } finally {
    lift?.();
    signal?.removeEventListener('abort', aborted);
    settled.resolve();
    await cancelling;
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
  return new DatabaseError(CANCEL_MESSAGES[reason], QUERY_CANCELED, error.fields);
}
