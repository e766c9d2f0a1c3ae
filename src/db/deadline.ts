/**
 * Time limits that are nearly never reached. A timer for each statement costs as much as sending it, so those that are long share one that looks at all
 * of them every now and then, and rests when there are none.
 */

/** From here on a limit is long: that it fires up to one look late does no harm. */
const LONG = 200;
const LOOK_EVERY = 50;

interface Deadline {
  readonly due: number;
  readonly reached: () => void;
}

const pending = new Set<Deadline>();
let ticker: ReturnType<typeof setInterval> | undefined;

/** Calls `reached` in `ms` milliseconds, unless the returned function is called before. */
export function deadline(ms: number, reached: () => void): () => void {
  if (ms < LONG) {
    const timer = setTimeout(reached, ms);
    return () => clearTimeout(timer);
  }
  const entry: Deadline = { due: performance.now() + ms, reached };
  pending.add(entry);
  ticker ??= setInterval(look, LOOK_EVERY);
  return () => {
    pending.delete(entry);
  };
}

function look(): void {
  if (pending.size === 0) {
    clearInterval(ticker);
    ticker = undefined;
    return;
  }
  const now = performance.now();
  for (const entry of pending) {
    if (entry.due > now) continue;
    pending.delete(entry);
    entry.reached();
  }
}
