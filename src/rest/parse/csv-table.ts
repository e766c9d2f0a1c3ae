import { invalidBody } from '../errors/request-errors.ts';
import type { BodyRow } from './body-row.ts';
import { CsvReader } from './csv.ts';

/**
 * CSV as rows of a table, piece by piece: a header line names the columns, and of a name that stands twice the last cell holds; the bare
 * word NULL is null; blank lines are none. What a line has beyond the header is left out, and lines may be shorter than it, but all
 * must have the same fields.
 */
export class CsvTable {
  /** Known once the first row is; empty where there is none. */
  columns: readonly string[] = [];
  readonly #reader = new CsvReader(
    (cells) => {
      this.#header = cells;
    },
    (cells, line) => {
      if (cells.length > 1 || cells[0] !== '') this.#add(cells, line);
    },
  );
  #header: readonly string[] = [];
  /** As the first row has it. */
  #shape: Shape | undefined;
  #rows: BodyRow[] = [];
  /** The line of a row that has not as many cells as the first. */
  #uneven: number | undefined;

  /** Where it is, or the line that it refused. */
  get line(): number {
    return this.#uneven ?? this.#reader.line;
  }

  /** Characters of a row that has not ended. */
  get pending(): number {
    return this.#reader.pending;
  }

  /** The rows that end in the next piece of the text, or with it if it is the last. @throws DialectError PGRST102 */
  read(text: string, last = false): readonly BodyRow[] {
    this.#reader.read(text, last);
    if (this.#uneven !== undefined) throw invalidBody('All lines must have same number of fields');
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  #add(cells: readonly string[], line: number): void {
    const fields = Math.min(cells.length, this.#header.length);
    this.#shape ??= this.#name(this.#header.slice(0, fields));
    if (fields !== this.#shape.fields) {
      this.#uneven ??= line;
      return;
    }
    let text = '';
    for (const { key, at } of this.#shape.members) {
      const cell = cells[at];
      text += key + (cell === 'NULL' ? 'null' : JSON.stringify(cell));
    }
    this.#rows.push({ line, text: `${text}}` });
  }

  #name(header: readonly string[]): Shape {
    const places = new Map(header.map((name, at) => [name, at]));
    this.columns = [...places.keys()];
    const members = [...places].map(([name, at], index) => ({
      key: `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`,
      at,
    }));
    return { fields: header.length, members };
  }
}

/** How each row becomes an object. */
interface Shape {
  readonly fields: number;
  /** Which cell stands behind which text: `{"name":`, then `,"name":`. */
  readonly members: readonly { readonly key: string; readonly at: number }[];
}
