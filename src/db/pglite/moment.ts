/**
 * To wake a thread takes longer than most statements. So each side stays awake for a moment: the engine's thread behind a reply, for the next request; the
 * main thread behind a request, for its reply. Neither does where it would have been in vain the last time.
 */

/** Milliseconds. Where there is one processor, the other side needs it. */
const MOMENT = navigator.hardwareConcurrency > 1 ? 0.1 : 0;

/** What came in this time, a thread's waking included, may come within a moment. */
const SOON = 2 * MOMENT;

export class Moment {
  private since = 0;
  private soon = true;

  begin(): void {
    this.since = performance.now();
  }

  get over(): boolean {
    return !this.soon || performance.now() - this.since >= MOMENT;
  }

  /** What was waited for has come, in the moment or later. */
  came(): void {
    this.soon = performance.now() - this.since < SOON;
  }
}
