import { terminal } from './terminal.ts';

/** One Ctrl-C comes several times: from the terminal, and again from `bun run` or npx, which hand theirs on. In milliseconds. */
const SAME_KEYSTROKE = 500;

/** By which a process is asked to end. */
export const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first signal calls `stop`, a later one ends the process at once. Returns the way to heed none any more. */
export function onStopSignals(stop: () => void): () => void {
  let asked: number | undefined;
  const heed = () => {
    if (asked !== undefined && performance.now() - asked > SAME_KEYSTROKE) process.exit(1);
    if (asked !== undefined) return;
    asked = performance.now();
    stop();
  };
  for (const signal of SIGNALS) process.on(signal, heed);
  return () => {
    for (const signal of SIGNALS) process.off(signal, heed);
  };
}

/** As shells have it: 128 and the number of SIGINT. */
const INTERRUPTED = 130;

/**
 * Runs `work`; a signal has `end` stop what is under way, on the server too, which would go on and commit it, and then ends the
 * process: what became of the work is no news then.
 */
export async function interruptible<T>(work: () => Promise<T>, end: () => Promise<unknown>): Promise<T> {
  let ending: Promise<never> | undefined;
  const heedNone = onStopSignals(() => {
    ending = endBy(end);
  });
  try {
    return await work();
  } finally {
    heedNone();
    await ending;
  }
}

async function endBy(end: () => Promise<unknown>): Promise<never> {
  await end().catch(() => {});
  terminal.note('Interrupted: what ran was ended, on the server too.');
  return process.exit(INTERRUPTED);
}
