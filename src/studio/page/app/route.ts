import { signal } from '@preact/signals';
import { type Filter, parseFilter, printFilter } from '../grid/filter.ts';

export interface TableRoute {
  readonly view: 'table';
  readonly schema: string;
  readonly table: string;
  readonly filters: readonly Filter[];
  readonly sort: readonly Sort[];
  /** Free text that any text column may contain. */
  readonly search: string;
  readonly deleted: boolean;
}

export interface Sort {
  readonly column: string;
  readonly descending: boolean;
}

export type Route =
  | TableRoute
  | { readonly view: 'sql' }
  | { readonly view: 'live' }
  | { readonly view: 'slow' }
  | { readonly view: 'migrations' }
  | { readonly view: 'home' };

const plain = ['sql', 'live', 'slow', 'migrations'] as const;

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [head = '', ...rest] = path.split('/').map(decodeURIComponent);
  const view = plain.find((name) => name === head);
  if (view !== undefined) return { view };
  const [schema, table] = rest;
  if (head !== 't' || schema === undefined || table === undefined) return { view: 'home' };
  const params = new URLSearchParams(query);
  return {
    view: 'table',
    schema,
    table,
    filters: params.getAll('f').flatMap((text) => parseFilter(text) ?? []),
    sort: params.getAll('s').map((text) => ({
      column: text.replace(/\.(asc|desc)$/, ''),
      descending: text.endsWith('.desc'),
    })),
    search: params.get('q') ?? '',
    deleted: params.get('deleted') === 'include',
  };
}

export function printRoute(route: Route): string {
  if (route.view === 'home') return '#/';
  if (route.view !== 'table') return `#/${route.view}`;
  const params = new URLSearchParams();
  for (const filter of route.filters) params.append('f', printFilter(filter));
  for (const { column, descending } of route.sort) params.append('s', `${column}.${descending ? 'desc' : 'asc'}`);
  if (route.search !== '') params.set('q', route.search);
  if (route.deleted) params.set('deleted', 'include');
  const query = params.size === 0 ? '' : `?${params}`;
  return `#/t/${encodeURIComponent(route.schema)}/${encodeURIComponent(route.table)}${query}`;
}

export const route = signal<Route>(parseRoute(location.hash));

addEventListener('hashchange', () => {
  if (location.hash !== printRoute(route.peek())) route.value = parseRoute(location.hash);
});

export function go(next: Route, replace = false): void {
  const hash = printRoute(next);
  if (replace) history.replaceState(null, '', hash);
  else history.pushState(null, '', hash);
  route.value = next;
}

addEventListener('popstate', () => {
  route.value = parseRoute(location.hash);
});

export const tableRoute = (
  table: { readonly schema: string; readonly name: string },
  filters: readonly Filter[] = [],
  deleted = false,
): TableRoute => ({ view: 'table', schema: table.schema, table: table.name, filters, sort: [], search: '', deleted });
