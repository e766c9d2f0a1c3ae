import { parseExactly } from '../api/exact-json.ts';
import type { Column, Table } from '../app/catalog.ts';
import type { TableRoute } from '../app/route.ts';
import { parameterOf, searchParameter } from './filter.ts';
import { needsText } from './kind.ts';
import { named } from './name.ts';

export type Row = Readonly<Record<string, unknown>>;

/** The rows of an answer, with no number rounded. */
export async function rowsOf(response: Response): Promise<readonly Row[]> {
  return parseExactly(await response.text()) as readonly Row[]; // a list of rows is what was asked for
}

/** The conditions of a route as parameters, without order and page. */
export function filterParameters(table: Table, route: TableRoute): URLSearchParams {
  const params = new URLSearchParams();
  for (const filter of route.filters) params.append(...parameterOf(filter));
  const search = searchParameter(table, route.search);
  if (search !== null) params.append(...search);
  return params;
}

/** All columns, with those as text that JavaScript would round; `_text` is the name that Postgres gives lists of text. */
export function selectOf(table: Table): string {
  if (!table.columns.some(needsText)) return '*';
  const cast = (column: Column) => (needsText(column) ? (column.isArray ? '::_text' : '::text') : '');
  return table.columns.map((column) => `${named(column.name)}${cast(column)}`).join(',');
}

/** A row's name among those of its table; the rows of a table without a key have none. */
export function keyOf(table: Table, row: Row): string | null {
  if (table.primaryKey.length === 0) return null;
  return JSON.stringify(table.primaryKey.map((name) => row[name]));
}

/** The key's columns with their values as text, as the address of one row. */
export function keyValues(table: Table, row: Row): Record<string, string> {
  return Object.fromEntries(table.primaryKey.map((name) => [name, String(row[name])]));
}

export function keyParameters(table: Table, row: Row): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(keyValues(table, row))) params.append(named(name), `eq.${value}`);
  return params;
}
