import { DatabaseError, type Transaction } from '../../db/index.ts';
import type { ExecuteOptions } from '../execute/execute.ts';
import { LONGEST_TIMER } from './pace.ts';

/**
 * The pieces of a `COPY … TO STDOUT` that may take any time, as long as the server is not silent for more than so many milliseconds: how
 * long the whole takes is up to who reads it.
 */
export async function* copiedPieces(
  tx: Transaction,
  sql: string,
  silence: number,
  { signal, hangUp }: ExecuteOptions,
): AsyncGenerator<Uint8Array> {
  const late = new AbortController();
  const ends = [late.signal, signal, hangUp?.()].filter((one) => one !== undefined);
  const copied = tx.copyOut(sql, { timeout: Number.POSITIVE_INFINITY, signal: AbortSignal.any(ends) });
  const pieces = copied[Symbol.asyncIterator]();
  try {
    for (;;) {
      const timer = setTimeout(() => late.abort(), Math.min(silence, LONGEST_TIMER));
      const { done, value } = await pieces.next().finally(() => clearTimeout(timer));
      if (done) return;
      yield value;
    }
  } catch (error) {
    throw late.signal.aborted ? new DatabaseError('canceling statement due to statement timeout', '57014') : error;
  } finally {
    await pieces.return?.();
  }
}
