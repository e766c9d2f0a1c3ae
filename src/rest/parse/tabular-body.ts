import { parse as parseCsv } from 'csv-parse/sync';
import { invalidBody } from '../errors/request-errors.ts';
import { parseQueryString } from './query-string.ts';
import type { Payload } from './types.ts';

function formPairs(text: string): readonly (readonly [string, string])[] {
  return parseQueryString(text).map(([name, value]) => [name, value ?? '']);
}

/** To a function a form gives arguments by name; repeated names make a variadic one. */
export function formPayload(text: string): Payload {
  const pairs = formPairs(text);
  return { kind: 'form', pairs, keys: [...new Set(pairs.map(([name]) => name))].sort() };
}

/** To a table a form is one row. */
export function formRow(text: string): Payload {
  const row = new Map(formPairs(text));
  return { kind: 'json', text: objectText(row), keys: [...row.keys()].sort() };
}

/** A header line names the columns; the bare word NULL is null. */
export function csvPayload(text: string): Payload {
  const [header, ...lines] = readCsv(text);
  if (header === undefined) throw invalidBody('parse error (not enough input) at ""');
  if (lines.length === 0) return { kind: 'json', text: '[]', keys: [] };
  if (lines.some((line) => line.length < header.length)) throw invalidBody('All lines must have same number of fields');
  const rows = lines.map((line) => objectText(new Map(header.map((name, column) => [name, cell(line[column])]))));
  return { kind: 'json', text: `[${rows.join(',')}]`, keys: [...new Set(header)].sort() };
}

const cell = (text: string | undefined): string | null => (text === undefined || text === 'NULL' ? null : text);

function readCsv(text: string): readonly (readonly string[])[] {
  try {
    return parseCsv(text, { relax_column_count: true, skip_empty_lines: true });
  } catch (error) {
    throw invalidBody(`parse error (${error instanceof Error ? error.message : 'invalid CSV'})`);
  }
}

/** JSON text of one object; written out, since a column may be called `__proto__`. */
function objectText(row: ReadonlyMap<string, string | null>): string {
  return `{${[...row].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
}
