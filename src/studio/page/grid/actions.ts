import { type ForeignKey, foreignKeyOf, type Table, tables } from '../app/catalog.ts';
import { go, tableRoute } from '../app/route.ts';
import type { Change } from '../stage/staged.ts';
import { changeInsert, insertsOf, stagedFor, stageInsert, stageRemoval, stageValue, unstage } from '../stage/staged.ts';
import type { Row } from './query.ts';
import { keyOf } from './query.ts';
import { active, opened, source, ticked } from './state.ts';

export interface Shown {
  readonly row: Row;
  readonly change: Change | undefined;
}

/** The row at an index of the grid, rows to be inserted first. */
export function rowAt(index: number): Shown | undefined {
  const rows = source.value;
  if (rows === null) return undefined;
  const inserts = insertsOf(rows.table);
  const insert = inserts[index];
  if (insert !== undefined) return { row: insert.values, change: insert };
  const row = rows.row(index - inserts.length);
  return row === undefined ? undefined : { row, change: stagedFor(rows.table, row) };
}

export function setValue(index: number, column: string, value: unknown): void {
  const shown = rowAt(index);
  const table = source.value?.table;
  if (shown === undefined || table === undefined) return;
  if (shown.change?.kind === 'insert') changeInsert(shown.change, column, value);
  else stageValue(table, shown.row, column, value);
}

/** Whether this value can be changed here at all. */
export function isEditable(table: Table, column: string, change: Change | undefined): boolean {
  const found = table.columns.find(({ name }) => name === column);
  if (found === undefined || !found.writable) return false;
  if (change?.kind === 'insert') return true;
  return table.updatable && table.primaryKey.length > 0 && (change === undefined || change.kind === 'update');
}

export function addRow(): void {
  const table = source.value?.table;
  if (table === undefined || !table.insertable) return;
  stageInsert(table);
  const index = insertsOf(table).length - 1;
  active.value = { row: index, column: 0 };
  opened.value = { row: index, tab: 'fields' };
}

/** A new row with the same values, but for the key and what the database keeps by itself. */
export function duplicateRow(index: number): void {
  const table = source.value?.table;
  const shown = rowAt(index);
  if (table === undefined || shown === undefined || !table.insertable) return;
  const kept = table.columns.filter(
    ({ name, writable }) => writable && !table.primaryKey.includes(name) && name !== table.softDelete?.column,
  );
  const changed = shown.change !== undefined && 'values' in shown.change ? shown.change.values : {};
  const values = { ...shown.row, ...changed };
  const copied = kept
    .filter(({ name, filled }) => !(filled && /^(created|updated)_(at|by)$/.test(name)))
    .flatMap(({ name }) =>
      values[name] === null || values[name] === undefined ? [] : [[name, values[name]] as const],
    );
  stageInsert(table, Object.fromEntries(copied));
  const at = insertsOf(table).length - 1;
  active.value = { row: at, column: 0 };
  opened.value = { row: at, tab: 'fields' };
}

/** Ticked rows, else the active one. */
function chosen(): readonly Shown[] {
  const rows = source.value;
  if (rows === null) return [];
  if (ticked.value.size === 0) return [rowAt(active.value.row)].filter((shown) => shown !== undefined);
  return allLoaded().filter(({ row, change }) => ticked.value.has(idOf(rows.table, row, change)));
}

export const idOf = (table: Table, row: Row, change: Change | undefined): string =>
  change?.kind === 'insert' ? change.id : (keyOf(table, row) ?? '');

export function allLoaded(): readonly Shown[] {
  const rows = source.value;
  if (rows === null) return [];
  const inserts = insertsOf(rows.table).map((insert): Shown => ({ row: insert.values, change: insert }));
  return [...inserts, ...rows.loaded().map((row): Shown => ({ row, change: stagedFor(rows.table, row) }))];
}

export function removeChosen(kind: 'delete' | 'restore' | 'purge'): void {
  const table = source.value?.table;
  if (table === undefined) return;
  for (const { row, change } of chosen()) {
    if (change?.kind === 'insert') unstage(change.id);
    else if (table.primaryKey.length > 0 && table.deletable) stageRemoval(table, row, kind);
  }
  ticked.value = new Set();
}

export const isDeleted = (table: Table, row: Row): boolean =>
  table.softDelete !== null && row[table.softDelete.column] != null;

/** Goes to the row that a foreign key's value names. */
export function followKey(table: Table, column: string, value: unknown): void {
  const key = foreignKeyOf(table, column);
  if (key !== undefined && value !== null && value !== undefined) openReferenced(key, [value]);
}

export function openReferenced(key: ForeignKey, values: readonly unknown[]): void {
  const target = tables.value.get(`${key.schema}.${key.table}`);
  if (target === undefined) return;
  const filters = key.foreignColumns.map((field, index) => ({
    field,
    not: false,
    operator: 'eq',
    value: String(values[index]),
  }));
  go(tableRoute(target, filters, target.softDelete !== null));
}
