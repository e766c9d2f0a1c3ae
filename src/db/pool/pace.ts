/** Statements whose pace is known at most. */
const KNOWN = 1_000;

/** Of what took longer than before, the part that counts: mostly something else has kept it, on a busy machine many times in a row. */
const SLOWER = 1 / 64;

/** How long statements take, by their text: at once the shorter time, by and by the longer one. */
export class Pace {
  private readonly times = new Map<string, number>();

  /** Milliseconds; infinite for what has not run yet. */
  of(text: string): number {
    return this.times.get(text) ?? Number.POSITIVE_INFINITY;
  }

  note(text: string, took: number): void {
    const before = this.times.get(text);
    if (before === undefined && this.times.size >= KNOWN) this.forgetOldest();
    this.times.set(text, before === undefined || took < before ? took : before + (took - before) * SLOWER);
  }

  private forgetOldest(): void {
    const oldest = this.times.keys().next().value;
    if (oldest !== undefined) this.times.delete(oldest);
  }
}
