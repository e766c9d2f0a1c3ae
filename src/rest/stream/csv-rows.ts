import { notUtf8 } from '../errors/extension-errors.ts';
import type { BodyRow } from '../parse/body-row.ts';
import { CsvTable } from '../parse/csv-table.ts';
import { Utf8Reader, type Utf8Text } from '../parse/utf8.ts';
import { atLine } from './culprit.ts';
import { type RowSource, refuseLength } from './row.ts';

/** CSV as it comes, by the rules of a body that is read at once. */
export class CsvRows implements RowSource {
  readonly #stream: AsyncIterable<Uint8Array>;
  readonly #longest: number;
  readonly #table = new CsvTable();

  /** `longest`: the most characters of a row. */
  constructor(stream: AsyncIterable<Uint8Array>, longest: number) {
    this.#stream = stream;
    this.#longest = longest;
  }

  get columns(): readonly string[] {
    return this.#table.columns;
  }

  /** @throws DialectError PGRST102, HUTCH108; both name the line */
  async *read(): AsyncGenerator<readonly BodyRow[]> {
    const utf8 = new Utf8Reader();
    for await (const piece of this.#stream) yield this.#rows(utf8.read(piece), false);
    yield this.#rows(utf8.read(new Uint8Array(), true), true);
  }

  #rows({ text, broken }: Utf8Text, last: boolean): readonly BodyRow[] {
    const rows = this.#read(text, last && !broken);
    if (broken) throw notUtf8(this.#table.line);
    refuseLength(this.#table.pending, this.#longest, this.#table.line);
    return rows;
  }

  #read(text: string, last: boolean): readonly BodyRow[] {
    try {
      return this.#table.read(text, last);
    } catch (error) {
      throw atLine(error, this.#table.line);
    }
  }
}
