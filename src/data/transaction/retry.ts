import { sqlstateOf } from '../sqlstate.ts';

/** serialization_failure and deadlock_detected: Postgres promises that the same work may succeed when begun again. */
const RETRYABLE = new Set(['40001', '40P01']);

/** Milliseconds: the first pause is up to this, then twice as much each time. */
const FIRST_PAUSE = 10;
const LONGEST_PAUSE = 1_000;

export function isRetryable(error: unknown): boolean {
  const state = sqlstateOf(error);
  return state !== undefined && RETRYABLE.has(state);
}

/** Full jitter (a pause anywhere between nothing and the bound), so that those who collided do not collide again. */
export function pauseBefore(attempt: number, random: () => number = Math.random): number {
  return random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempt);
}

/** Runs `work` again while it fails in a retryable way, at most `retries` times more. */
export async function retrying<T>(work: () => Promise<T>, retries: number): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= retries || !isRetryable(error)) throw error;
      await Bun.sleep(pauseBefore(attempt));
    }
  }
}
