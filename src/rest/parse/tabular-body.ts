import { notUtf8 } from '../errors/extension-errors.ts';
import type { BodyRow } from './body-row.ts';
import { CsvTable } from './csv-table.ts';
import { refuseDepth } from './json-text.ts';
import { parseQueryString } from './query-string.ts';
import type { Payload } from './types.ts';
import { Utf8Reader } from './utf8.ts';

function formPairs(text: string): readonly (readonly [string, string])[] {
  return parseQueryString(text).map(([name, value]) => [name, value ?? '']);
}

/** To a function a form gives arguments by name; repeated names make a variadic one. */
export function formPayload(text: string): Payload {
  const pairs = formPairs(text);
  for (const [, value] of pairs) if (/^\s*[[{]/.test(value)) refuseDepth(value);
  return { kind: 'form', pairs, keys: [...new Set(pairs.map(([name]) => name))].sort() };
}

/** To a table a form is one row. */
export function formRow(text: string): Payload {
  const row = new Map(formPairs(text));
  return { kind: 'json', text: objectText(row), keys: [...row.keys()].sort() };
}

/** Each line is a row, by the rules of `CsvTable`. */
export function csvPayload(body: string | Uint8Array): Payload {
  const table = new CsvTable();
  const rows = typeof body === 'string' ? table.read(body, true) : rowsOfBytes(body, table);
  return { kind: 'json', text: `[${rows.map((row) => row.text).join(',')}]`, keys: [...table.columns].sort() };
}

function rowsOfBytes(bytes: Uint8Array, table: CsvTable): readonly BodyRow[] {
  const { text, broken } = new Utf8Reader().read(bytes, true);
  const rows = table.read(text, !broken);
  if (broken) throw notUtf8(table.line);
  return rows;
}

/** JSON text of one object; written out, since a column may be called `__proto__`. */
function objectText(row: ReadonlyMap<string, string>): string {
  return `{${[...row].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
}
