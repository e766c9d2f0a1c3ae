/** Rows of cells; null is a value that is not there. */
export type Cells = readonly (string | null)[];

/** An array as Postgres writes it: `{1,"a,b",NULL}`. */
export function arrayText(value: readonly unknown[]): string {
  return `{${value.map(itemText).join(',')}}`;
}

function itemText(item: unknown): string {
  if (item === null || item === undefined) return 'NULL';
  if (Array.isArray(item)) return arrayText(item);
  const text = typeof item === 'object' ? JSON.stringify(item) : String(item);
  const plain = /^[^\s{}",\\]+$/.test(text) && text.toUpperCase() !== 'NULL';
  return plain ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** As COPY does it: nothing is null, and quotes around nothing are an empty text. */
const csvCell = (text: string | null): string => {
  if (text === null) return '';
  return /[",\n\r]/.test(text) || text === '' ? quotedCell(text) : text;
};

/** As spreadsheets lay it on the clipboard. */
const tsvCell = (text: string | null): string =>
  text !== null && /[\t\n\r"]/.test(text) ? quotedCell(text) : (text ?? '');

const quotedCell = (text: string): string => `"${text.replaceAll('"', '""')}"`;

export const csvOf = (rows: readonly Cells[]): string => rows.map((cells) => cells.map(csvCell).join(',')).join('\r\n');
export const tsvOf = (rows: readonly Cells[]): string => rows.map((cells) => cells.map(tsvCell).join('\t')).join('\n');

/** Reads what `csvOf` and `tsvOf` write, and spreadsheets do; a cell without quotes and without text is null. */
export function readCells(text: string, separator: string): readonly Cells[] {
  const rows: (string | null)[][] = [];
  let cells: (string | null)[] = [];
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"|([^${separator}\\r\\n]*))(${separator}|\\r\\n|\\n|\\r|$)`, 'gy');
  for (let found = cell.exec(text); found !== null; found = cell.exec(text)) {
    const [, inner, plain = '', end = ''] = found;
    cells.push(inner === undefined ? plain || null : inner.replaceAll('""', '"'));
    if (end === separator) continue;
    rows.push(cells);
    cells = [];
    if (end === '' || cell.lastIndex === text.length) break;
  }
  return rows;
}
