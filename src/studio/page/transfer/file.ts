import { isJsonObject, parseExactly } from '../api/exact-json.ts';
import type { Column, Table } from '../app/catalog.ts';
import { type Cells, readCells } from './format.ts';

/** A file's rows as lines of JSON, for the columns that a table has and that can be written. */
export interface FileRows {
  readonly columns: readonly string[];
  /** What the file has beside them. */
  readonly leftOut: readonly string[];
  /** Columns of documents in which the file has JSON's null; the API knows only SQL's. */
  readonly jsonNulls: readonly string[];
  readonly lines: readonly string[];
}

/** Reads CSV (with commas, semicolons or tabs), a JSON list, or a JSON object a line. @throws Error with what is wrong, and where */
export function readFileRows(table: Table, content: string): FileRows {
  const text = content.replace(/^\uFEFF/, '').trimEnd();
  if (text === '') throw new Error('The file is empty');
  if (/^\s*\[/.test(text)) return fromObjects(table, listOf(text));
  if (/^\s*\{/.test(text)) return fromObjects(table, text.split(/\r?\n/).filter(Boolean).map(parsedLine));
  return fromCells(table, readCells(text, separatorOf(text)));
}

const separatorOf = (text: string): string => {
  const head = /^[^\r\n]*/.exec(text)?.[0] ?? '';
  return [',', '\t', ';'].toSorted((a, b) => head.split(b).length - head.split(a).length)[0] ?? ',';
};

function listOf(text: string): readonly unknown[] {
  const list = parseExactly(text);
  return Array.isArray(list) ? list : [list];
}

function parsedLine(line: string, index: number): unknown {
  try {
    return parseExactly(line);
  } catch (error) {
    throw new Error(`Line ${index + 1}: ${error instanceof Error ? error.message : 'not JSON'}`);
  }
}

const documentsOf = (columns: readonly Column[]): readonly string[] =>
  columns.filter(({ isJson }) => isJson).map(({ name }) => name);

function fromObjects(table: Table, rows: readonly unknown[]): FileRows {
  const objects = rows.map((row, index) => {
    if (isJsonObject(row)) return row;
    throw new Error(`Row ${index + 1} is not an object`);
  });
  const split = splitNames(table, [...new Set(objects.flatMap(Object.keys))]);
  const names = split.columns.map(({ name }) => name);
  const lines = objects.map((row) => JSON.stringify(row));
  const jsonNulls = documentsOf(split.columns).filter((name) => objects.some((row) => row[name] === null));
  return { columns: names, leftOut: split.leftOut, jsonNulls, lines };
}

function fromCells(table: Table, [head = [], ...rows]: readonly Cells[]): FileRows {
  const names = head.map((name) => name?.trim() ?? '');
  const { columns, leftOut } = splitNames(table, names);
  const places = columns.map((column) => ({ column, at: names.indexOf(column.name) }));
  const lines = rows.map((cells, index) => {
    if (cells.length > names.length)
      throw new Error(`Row ${index + 1} has ${cells.length} cells, the first line ${names.length}`);
    const entries = places.flatMap(({ column, at }) => entryOf(column, cells[at] ?? null));
    return `{${entries.join(',')}}`;
  });
  const jsonNulls = documentsOf(columns).filter((name) => {
    const at = names.indexOf(name);
    return rows.some((cells) => cells[at]?.trim() === 'null');
  });
  return { columns: columns.map(({ name }) => name), leftOut, jsonNulls, lines };
}

function splitNames(table: Table, names: readonly string[]) {
  const columns = table.columns.filter(({ name, writable }) => writable && names.includes(name));
  const leftOut = names.filter((name) => !columns.some((column) => column.name === name));
  if (columns.length > 0) return { columns, leftOut };
  throw new Error(`None of these is a column of ${table.name}: ${names.slice(0, 8).join(', ')}`);
}

/** Nothing is null, or the default where null is not allowed; Postgres reads every other type from its text. */
function entryOf({ name, isJson, nullable, filled }: Column, text: string | null): readonly string[] {
  if (text === null && filled && !nullable) return [];
  // a document's own line breaks stand between its parts only
  const value = text === null ? 'null' : isJson ? text.replace(/\r?\n/g, ' ') : JSON.stringify(text);
  return [`${JSON.stringify(name)}:${value}`];
}
