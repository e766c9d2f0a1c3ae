import { rest } from '../api/rest.ts';
import { profileOf, type Table } from '../app/catalog.ts';
import type { TableRoute } from '../app/route.ts';
import { named } from './name.ts';
import { keyParameters, type Row } from './query.ts';

/** A total order of a table's rows: what the route sorts by, and ties by the key. Without a key there is none. */
export function orderParameter(table: Table, route: TableRoute, backwards = false): string {
  const sorted = new Set(route.sort.map(({ column }) => column));
  const ties = table.primaryKey.filter((name) => !sorted.has(name)).map((column) => ({ column, descending: false }));
  return [...route.sort, ...ties]
    .map(({ column, descending }) => `${named(column)}.${descending !== backwards ? 'desc' : 'asc'}`)
    .join(',');
}

export interface Anchor {
  readonly table: Table;
  readonly route: TableRoute;
  readonly backwards: boolean;
  /** Value of the `Prefer` header that shows the row. */
  readonly prefer: string;
  readonly signal: AbortSignal;
}

/**
 * The cursor behind a row that came without one: the row is asked for by its key, as a page of its own that links to the next. A
 * cursor belongs to an order and to no filters, so it leads on in the whole table. Null where the row is no longer there.
 */
export async function cursorBehind(row: Row, at: Anchor): Promise<string | null> {
  const { backwards, prefer, route, signal, table } = at;
  const params = keyParameters(table, row);
  params.set('select', table.primaryKey.map(named).join(','));
  params.set('order', orderParameter(table, route, backwards));
  params.set('limit', '1');
  const response = await rest(`/${encodeURIComponent(table.name)}?${params}`, {
    schema: profileOf(table),
    headers: { prefer },
    signal,
  });
  await response.body?.cancel();
  return new URLSearchParams(nextOf(response) ?? '').get('cursor');
}

/** The query of the next page, as the server links to it. */
export function nextOf(response: Response): string | null {
  return /<\?([^>]*)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1] ?? null;
}
