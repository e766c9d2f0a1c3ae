/** One Ctrl-C comes several times: from the terminal, and again from `bun run` or npx, which hand theirs on. In milliseconds. */
const SAME_KEYSTROKE = 500;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

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
