import type { Connection } from './connection.ts';
import type { RunOptions } from './driver.ts';
import type { CancelReason } from './link.ts';

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
  let cancelling: Promise<void> | undefined;
  const cancel = (reason: CancelReason) => {
    cancelling ??= connection.link.cancel(reason).catch(() => {});
  };
  const timer = timeout > 0 ? setTimeout(cancel, timeout, 'timeout') : undefined;
  const aborted = () => cancel('signal');
  signal?.addEventListener('abort', aborted, { once: true });
  try {
    if (signal?.aborted) cancel('signal');
    return await work();
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', aborted);
    await cancelling;
  }
}
