import { CsvError, type InfoRecord, type Parser, parse } from 'csv-parse';
import { invalidLine } from '../errors/extension-errors.ts';
import { type BodyRow, MAX_ROW, type RowSource } from './row.ts';

/**
 * CSV by the dialect's rules for a body that is read at once: a header names the columns, the bare word NULL is null, what a line has
 * beyond the header is left out, lines may be shorter than it, but all must have the same fields.
 */
export class CsvRows implements RowSource {
  columns: readonly string[] = [];
  readonly #stream: AsyncIterable<Uint8Array>;
  readonly #parser: Parser;
  #header: readonly string[] | undefined;
  /** `"name":` for each column, with what stands before it. */
  #keys: readonly string[] | undefined;
  #rows: BodyRow[] = [];
  /** The last line of the last row. */
  #line = 0;
  #failure: Error | undefined;

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#stream = stream;
    this.#parser = parse({
      relax_column_count: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      max_record_size: MAX_ROW,
      on_record: (record: string[], info) => this.#take(record, info),
    });
    this.#parser.on('error', () => {}); // told to whoever writes, too
  }

  /** @throws DialectError HUTCH108 */
  async *read(): AsyncGenerator<readonly BodyRow[]> {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    for await (const piece of this.#stream) {
      this.#inUtf8(() => decoder.decode(piece, { stream: true }));
      await this.#done((told) => this.#parser.write(piece, told));
      yield this.#taken();
    }
    this.#inUtf8(() => decoder.decode());
    await this.#done((told) => this.#parser.end(told));
    yield this.#taken();
  }

  /** The parser itself would put another character in the place of what is none. */
  #inUtf8(read: () => string): void {
    try {
      read();
    } catch {
      throw invalidLine(this.#line + 1, 'It, or one soon after it, is not UTF-8.');
    }
  }

  #taken(): readonly BodyRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  #done(work: (told: (error?: Error | null) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      work((error) => {
        const failure = this.#failure ?? error;
        if (failure == null) resolve();
        else reject(failure instanceof CsvError ? invalidLine(this.#line + 1, `${failure.message}.`) : failure);
      });
    });
  }

  /** Nothing is handed on by the parser: rows are taken here, where their lines are known. */
  #take(record: readonly string[], { lines }: InfoRecord): null {
    const line = this.#line + 1;
    this.#line = lines;
    if (this.#header === undefined) this.#header = record;
    else if (record.length !== 1 || record[0] !== '') this.#add(record, this.#header, line);
    return null;
  }

  #add(record: readonly string[], header: readonly string[], line: number): void {
    const fields = Math.min(record.length, header.length);
    this.#keys ??= this.#name(header.slice(0, fields));
    if (fields !== this.#keys.length) {
      this.#failure ??= invalidLine(line, `It has ${fields} fields where the first has ${this.#keys.length}.`);
      return;
    }
    let text = '';
    for (const [index, key] of this.#keys.entries()) {
      const cell = record[index];
      text += key + (cell === 'NULL' ? 'null' : JSON.stringify(cell));
    }
    this.#rows.push({ line, text: `${text}}` });
  }

  /** Of a name that stands twice the last cell holds, as of a key in JSON. */
  #name(columns: readonly string[]): readonly string[] {
    this.columns = [...new Set(columns)];
    return columns.map((name, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  }
}
