import { invalidBody } from '../errors/request-errors.ts';
import { readCsv } from './csv.ts';
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

/**
 * A header line names the columns; the bare word NULL is null. What a line has beyond the header is left out, and lines may be
 * shorter than it, but all must have the same fields.
 */
export function csvPayload(text: string): Payload {
  const { header, lines } = readCsv(text);
  const rows = lines.map((line) => csvRow(header, line));
  const [first, ...others] = rows;
  if (first === undefined) return { kind: 'json', text: '[]', keys: [] };
  if (others.some((row) => row.size !== first.size)) throw invalidBody('All lines must have same number of fields');
  return { kind: 'json', text: `[${rows.map(objectText).join(',')}]`, keys: [...first.keys()].sort() };
}

function csvRow(header: readonly string[], line: readonly string[]): ReadonlyMap<string, string | null> {
  return new Map(line.slice(0, header.length).map((cell, at) => [header[at] ?? '', cell === 'NULL' ? null : cell]));
}

/** JSON text of one object; written out, since a column may be called `__proto__`. */
function objectText(row: ReadonlyMap<string, string | null>): string {
  return `{${[...row].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
}
