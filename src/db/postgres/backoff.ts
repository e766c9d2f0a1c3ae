import { ConnectionError } from '../driver.ts';

const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 2_000;

/**
 * Tries again, with pauses that double (and half of each at random, so that many pools don't come at once), what failed because the
 * server could not be reached. Other failures, a wrong password say, are final.
 */
export async function withBackoff<T>(
  work: () => Promise<T>,
  options: { readonly within: number; readonly stopped: () => boolean; readonly signal?: AbortSignal },
): Promise<T> {
  const deadline = performance.now() + options.within;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ConnectionError) || error.code !== 'unreachable') throw error;
      const rest = pause * (0.5 + Math.random() / 2);
      if (options.stopped() || options.signal?.aborted || performance.now() + rest > deadline) throw error;
      await Bun.sleep(rest);
    }
  }
}
