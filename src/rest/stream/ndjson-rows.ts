import { invalidLine, notUtf8 } from '../errors/extension-errors.ts';
import type { BodyRow } from '../parse/body-row.ts';
import { isDeep } from '../parse/json-text.ts';
import { limits } from '../parse/limits.ts';
import { Utf8Reader, type Utf8Text } from '../parse/utf8.ts';
import { type RowSource, refuseLength } from './row.ts';

/**
 * NDJSON: an object on each line, empty lines left out. The columns are those that the request names, else the keys of the first
 * row; a later one may leave some out, but bring no others.
 */
export class NdjsonRows implements RowSource {
  columns: readonly string[];
  readonly #stream: AsyncIterable<Uint8Array>;
  readonly #named: boolean;
  readonly #longest: number;
  #known: ReadonlySet<string> | undefined;
  /** The line that has not ended, and its number. */
  #rest = '';
  #line = 1;

  /** `longest`: the most characters of a row. */
  constructor(stream: AsyncIterable<Uint8Array>, named: readonly string[] | null, longest: number) {
    this.#stream = stream;
    this.#named = named !== null;
    this.#longest = longest;
    this.columns = named ?? [];
  }

  /** @throws DialectError HUTCH108 names the line */
  async *read(): AsyncGenerator<readonly BodyRow[]> {
    const utf8 = new Utf8Reader();
    for await (const piece of this.#stream) yield this.#rows(utf8.read(piece));
    yield this.#rows(utf8.read(new Uint8Array(), true), '\n');
  }

  #rows({ text, broken }: Utf8Text, end = ''): readonly BodyRow[] {
    const lines = `${text}${broken ? '' : end}`.split('\n');
    const rest = lines.pop() ?? '';
    const rows: BodyRow[] = [];
    for (const line of lines) {
      const row = { line: this.#line++, text: this.#rest + line };
      this.#rest = '';
      if (row.text.trim() === '') continue;
      this.#check(row);
      rows.push(row);
    }
    this.#rest += rest;
    if (broken) throw notUtf8(this.#line);
    refuseLength(this.#rest.length, this.#longest, this.#line);
    return rows;
  }

  #check(row: BodyRow): void {
    const keys = keysOf(row);
    if (this.#named) return;
    this.#known ??= this.#first(keys);
    for (const key of keys) {
      if (!this.#known.has(key)) throw invalidLine(row.line, `The first line has no key '${key}'.`);
    }
  }

  #first(keys: readonly string[]): ReadonlySet<string> {
    this.columns = keys;
    return new Set(keys);
  }
}

function keysOf({ line, text }: BodyRow): readonly string[] {
  if (isDeep(text)) throw invalidLine(line, `It has more than ${limits.jsonDepth} levels of nested JSON.`);
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch {
    throw invalidLine(line, 'It is not JSON.');
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row)) throw invalidLine(line, 'It is not an object.');
  return Object.keys(row);
}
