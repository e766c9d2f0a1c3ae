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
    if (text.length > longest) return this.read(text);
    const own = copy(text);
    const result = this.read(own);
    if (result === refused) return result;
    if (this.#results.size >= most) this.#results.clear();
    this.#results.set(own, result);
    return result;
  }
}

/** A slice keeps the whole text that it was cut from alive; what is remembered must not keep whole URLs. */
function copy(text: string): string {
  const fresh: unknown = JSON.parse(JSON.stringify(text));
  return typeof fresh === 'string' ? fresh : text;
}
