import { refused } from './scanner.ts';

/** Entries kept, and the longest text that is worth it. */
const most = 1_000;
const longest = 2_000;

/**
 * What texts were read as, for texts that come again and again. Only for what is read-only and all structure. When it is full it
 * starts anew, which costs less than knowing what was used last. Refusals are not kept.
 */
export class Remembered<Result> {
  readonly #results = new Map<string, Result>();

  constructor(readonly read: (text: string) => Result) {}

  get(text: string): Result {
    const known = this.#results.get(text);
    if (known !== undefined) return known;
    const result = this.read(text);
    if (result === refused || text.length > longest) return result;
    if (this.#results.size >= most) this.#results.clear();
    this.#results.set(text, result);
    return result;
  }
}
