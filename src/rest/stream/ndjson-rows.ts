import { invalidLine } from '../errors/extension-errors.ts';
import { type BodyRow, MAX_ROW, type RowSource } from './row.ts';

/**
 * NDJSON: an object on each line, empty lines left out. The columns are those that the request names, else the keys of the first
 * row; a later one may leave some out, but bring no others.
 */
export class NdjsonRows implements RowSource {
  columns: readonly string[];
  readonly #stream: AsyncIterable<Uint8Array>;
  readonly #named: boolean;
  #known: ReadonlySet<string> | undefined;

  constructor(stream: AsyncIterable<Uint8Array>, named: readonly string[] | null) {
    this.#stream = stream;
    this.#named = named !== null;
    this.columns = named ?? [];
  }

  /** @throws DialectError HUTCH108 */
  async *read(): AsyncGenerator<readonly BodyRow[]> {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    let rest = '';
    let line = 0;
    for await (const piece of this.#stream) {
      rest += decoded(() => decoder.decode(piece, { stream: true }), line + 1);
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MAX_ROW) throw invalidLine(line + lines.length + 1, `It is longer than ${MAX_ROW} characters.`);
      yield this.#rows(lines, line);
      line += lines.length;
    }
    rest += decoded(() => decoder.decode(), line + 1);
    yield this.#rows([rest], line);
  }

  #rows(lines: readonly string[], before: number): readonly BodyRow[] {
    const rows: BodyRow[] = [];
    for (const [index, text] of lines.entries()) {
      if (text.trim() === '') continue;
      const row = { line: before + index + 1, text };
      this.#check(row);
      rows.push(row);
    }
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

function decoded(read: () => string, line: number): string {
  try {
    return read();
  } catch {
    throw invalidLine(line, 'It is not UTF-8.');
  }
}

function keysOf({ line, text }: BodyRow): readonly string[] {
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch {
    throw invalidLine(line, 'It is not JSON.');
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row)) throw invalidLine(line, 'It is not an object.');
  return Object.keys(row);
}
