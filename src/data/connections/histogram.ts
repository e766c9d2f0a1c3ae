/** Each bucket is a tenth wider than the one before, so a percentile is right to within that. */
const GROWTH = 1.1;
const SMALLEST = 0.01;
const BUCKETS = 200;

/** Durations in milliseconds, in constant memory. */
export class Histogram {
  readonly #buckets = new Uint32Array(BUCKETS);
  #count = 0;
  #sum = 0;
  #max = 0;

  add(value: number): void {
    const place = Math.ceil(Math.log(Math.max(value, SMALLEST) / SMALLEST) / Math.log(GROWTH));
    const bucket = Math.min(BUCKETS - 1, place);
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#count++;
    this.#sum += value;
    this.#max = Math.max(this.#max, value);
  }

  get count(): number {
    return this.#count;
  }

  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  get max(): number {
    return this.#max;
  }

  /** The value that this share (0 to 1) of all is not above. */
  percentile(share: number): number {
    let left = Math.ceil(this.#count * share);
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.#buckets[bucket] ?? 0;
      if (left <= 0) return Math.min(this.#max, SMALLEST * GROWTH ** bucket);
    }
    return this.#max;
  }
}
