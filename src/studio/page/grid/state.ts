import { computed, effect, signal } from '@preact/signals';
import { actor } from '../api/actor.ts';
import { type Table, tables } from '../app/catalog.ts';
import { route, type TableRoute } from '../app/route.ts';
import { insertsOf } from '../stage/staged.ts';
import type { Row } from './query.ts';
import { RowSource } from './source.ts';

export interface Place {
  readonly row: number;
  readonly column: number;
}

export const active = signal<Place>({ row: 0, column: 0 });
export const editing = signal<(Place & { readonly typed?: string }) | null>(null);
/** The name of a row in its table; a row without a key or not there yet is only itself. */
export type RowId = string | Row;
/** Rows that are ticked, also those that are far from the view. */
export const ticked = signal<ReadonlyMap<RowId, Row>>(new Map());
/** The row that the panel shows: its index, and which part. */
export const opened = signal<{ readonly row: number; readonly tab: 'fields' | 'references' | 'history' } | null>(null);

export const currentTable = computed<{ readonly table: Table; readonly route: TableRoute } | null>(() => {
  const at = route.value;
  if (at.view !== 'table') return null;
  const table = tables.value.get(`${at.schema}.${at.table}`);
  return table === undefined ? null : { table, route: at };
});

/** The rows of the table that is looked at. */
export const source = signal<RowSource | null>(null);

let lastName = '';
effect(() => {
  const current = currentTable.value;
  actor.value; // another actor sees other rows
  source.peek()?.close();
  source.value = current === null ? null : new RowSource(current.table, current.route);
  const name = current === null ? '' : `${current.route.schema}.${current.route.table}`;
  // other rows stand where the old ones stood
  active.value = { row: 0, column: name === lastName ? active.peek().column : 0 };
  opened.value = null;
  ticked.value = new Map();
  editing.value = null;
  lastName = name;
});

/** Rows that are not there yet stand above those that are. */
export const rowCount = computed(() => {
  const rows = source.value;
  if (rows === null) return 0;
  return insertsOf(rows.table).length + rows.count;
});
