import type { Table } from '../app/catalog.ts';
import type { TableRoute } from '../app/route.ts';
import { parameterOf, searchParameter } from './filter.ts';
import { needsText } from './kind.ts';
import { named } from './name.ts';

export type Row = Readonly<Record<string, unknown>>;

/** The conditions of a route as parameters, without order and page. */
export function filterParameters(table: Table, route: TableRoute): URLSearchParams {
  const params = new URLSearchParams();
  for (const filter of route.filters) params.append(...parameterOf(filter));
  const search = searchParameter(table, route.search);
  if (search !== null) params.append(...search);
  return params;
}

/** All columns, with those as text that JavaScript would round. */
export function selectOf(table: Table): string {
  if (!table.columns.some(needsText)) return '*';
  return table.columns
    .map((column) => `${named(column.name)}${needsText(column) ? (column.isArray ? '::text[]' : '::text') : ''}`)
    .join(',');
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
