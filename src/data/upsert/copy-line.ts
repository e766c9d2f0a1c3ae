import type { BulkColumn } from './column.ts';

/** A row's cells as a line of COPY's text format, without its end. */
export function copyLine(columns: readonly BulkColumn[], cells: readonly (string | null)[]): string {
  let line = '';
  for (let index = 0; index < cells.length; index++) {
    const cell = cells[index] ?? null;
    if (index > 0) line += '\t';
    line += cell === null ? '\\N' : columns[index]?.plain ? cell : escaped(cell);
  }
  return line;
}

const SPECIAL = /[\\\n\r\t]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const escaped = (cell: string): string =>
  SPECIAL.test(cell) ? cell.replace(/[\\\n\r\t]/g, (special) => ESCAPES[special] ?? special) : cell;
