import { type Actor, canceled, type Driver, type RunOptions, type Transaction } from '../../db/index.ts';
import type { ExecuteOptions } from '../execute/at-once.ts';
import { ownTimeout } from '../execute/statement-timeout.ts';
import { LONGEST_TIMER } from './pace.ts';

/** How long a stream may take. */
export interface Pace {
  readonly actor: Actor | undefined;
  /** Milliseconds for each of its statements but the one that gives the rows. */
  readonly timeout: number | undefined;
  /** Milliseconds that its rows may stay away; 0 where that statement is limited as all are. */
  readonly silence: number;
}

/** `usual` is the driver's limit of a statement, in milliseconds. One that the role or the function has of its own holds for the whole stream. */
export function paceOf(driver: Driver, actor: Actor | undefined, usual: number): Pace {
  const own = actor?.settings?.statement_timeout !== undefined;
  if (own || usual === 0) return { actor, timeout: ownTimeout(driver, actor), silence: 0 };
  const settings = { ...actor?.settings, statement_timeout: '0' };
  return { actor: { ...actor, settings }, timeout: usual, silence: usual };
}

/**
 * The pieces of a `COPY … TO STDOUT`, which may take any time as long as the server is not silent for more than so many milliseconds: how
 * long the whole takes is up to who reads it.
 */
export async function* copiedPieces(
  tx: Transaction,
  sql: string,
  silence: number,
  options: ExecuteOptions,
): AsyncGenerator<Uint8Array> {
  if (silence === 0) return yield* tx.copyOut(sql);
  const late = new AbortController();
  const copied = tx.copyOut(sql, unlimited(late.signal, options));
  const pieces = copied[Symbol.asyncIterator]();
  try {
    for (;;) {
      const timer = setTimeout(() => late.abort(), Math.min(silence, LONGEST_TIMER));
      const { done, value } = await pieces.next().finally(() => clearTimeout(timer));
      if (done) return;
      yield value;
    }
  } catch (error) {
    throw late.signal.aborted ? canceled('timeout') : error;
  } finally {
    await pieces.return?.();
  }
}

function unlimited(late: AbortSignal, { signal, hangUp }: ExecuteOptions): RunOptions {
  const ends = [late, signal, hangUp?.()].filter((one) => one !== undefined);
  return { timeout: Number.POSITIVE_INFINITY, signal: AbortSignal.any(ends) };
}
