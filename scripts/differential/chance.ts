/** Choices that are the same for the same seed. */
export class Chance {
  #state: number;
  /** What is made now is meant to be right. */
  careful = false;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to 1; mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  happens(probability: number): boolean {
    return this.next() < probability;
  }

  /** Something that is mostly wrong. */
  slips(probability: number): boolean {
    return !this.careful && this.happens(probability);
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<T>(of: readonly [T, ...T[]]): T {
    return of[this.below(of.length)] ?? of[0];
  }

  /** Undefined where there is nothing to choose from. */
  any<T>(of: readonly T[]): T | undefined {
    return of[this.below(of.length)];
  }

  /** Between the two, both included. */
  some<T>(least: number, most: number, make: () => T): T[] {
    return Array.from({ length: least + this.below(most - least + 1) }, make);
  }
}
