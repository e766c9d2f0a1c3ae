import { type ForeignKey, foreignKeyOf, type Table, tables } from '../app/catalog.ts';
import { go, tableRoute } from '../app/route.ts';
import type { Change, Removal } from '../stage/staged.ts';
import {
  asOneStep,
  changeInsert,
  insertsOf,
  stagedFor,
  stageInsert,
  stageRemoval,
  stageValue,
  unstage,
} from '../stage/staged.ts';
import type { Filter } from './filter.ts';
import { layoutOf, type PlacedColumn, placed } from './layout.ts';
import { keyOf, type Row } from './query.ts';
import { active, opened, type RowId, source, ticked } from './state.ts';

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

/** New rows with the same values, but for the key and what the database keeps by itself. */
export function duplicate(rows: readonly Shown[]): void {
  const table = source.value?.table;
  if (table === undefined || rows.length === 0 || !table.insertable) return;
  asOneStep(() => {
    for (const shown of rows) stageInsert(table, copied(table, shown));
  });
  ticked.value = new Map();
  const row = insertsOf(table).length - 1;
  active.value = { row, column: 0 };
  if (rows.length === 1) opened.value = { row, tab: 'fields' };
}

function copied(table: Table, { row, change }: Shown): Row {
  const values = valuesOf(row, change);
  const kept = table.columns.filter(
    ({ name, writable, filled }) =>
      writable &&
      !table.primaryKey.includes(name) &&
      name !== table.softDelete?.column &&
      !(filled && /^(created|updated)_(at|by)$/.test(name)),
  );
  return Object.fromEntries(kept.flatMap(({ name }) => (values[name] == null ? [] : [[name, values[name]]])));
}

/** Ticked rows, else the active one. */
export function chosenRows(): readonly Shown[] {
  const rows = source.value;
  if (rows === null) return [];
  if (ticked.value.size === 0) return [rowAt(active.value.row)].filter((shown) => shown !== undefined);
  const inserts = new Map<RowId, Change>(insertsOf(rows.table).map((insert) => [insert.id, insert]));
  return [...ticked.value].flatMap(([id, row]): readonly Shown[] => {
    const insert = inserts.get(id);
    if (insert?.kind === 'insert') return [{ row: insert.values, change: insert }];
    return [{ row, change: stagedFor(rows.table, row) }];
  });
}

export const idOf = (table: Table, { row, change }: Shown): RowId =>
  change?.kind === 'insert' ? change.id : (keyOf(table, row) ?? row);

/** Ticks rows, or takes their ticks away where all of them have one. */
export function tick(table: Table, rows: readonly Shown[]): void {
  const next = new Map(ticked.value);
  const ids = rows.map((shown) => idOf(table, shown));
  const all = ids.every((id) => next.has(id));
  ids.forEach((id, index) => {
    if (all) next.delete(id);
    else next.set(id, rows[index]?.row ?? {});
  });
  ticked.value = next;
}

/** The columns that are shown, in the order of the grid. */
export function shownColumns(): readonly PlacedColumn[] {
  const table = source.value?.table;
  const layout = table && layoutOf(table).value;
  return table === undefined || layout === undefined ? [] : placed(table, layout);
}

/** The condition that a row has the active cell's value. */
export function activeFilter(): Filter | undefined {
  const place = shownColumns()[active.value.column];
  const shown = rowAt(active.value.row);
  if (place === undefined) return undefined;
  const { name } = place.column;
  const value = shown?.row[name];
  if (shown !== undefined && value == null) return { field: name, not: false, operator: 'is', value: 'null' };
  const isPlain = shown !== undefined && typeof value !== 'object';
  return equals(name, isPlain ? value : '');
}

export function allLoaded(): readonly Shown[] {
  const rows = source.value;
  if (rows === null) return [];
  const inserts = insertsOf(rows.table).map((insert): Shown => ({ row: insert.values, change: insert }));
  return [...inserts, ...rows.loaded().map((row): Shown => ({ row, change: stagedFor(rows.table, row) }))];
}

/** Stages the removal of the chosen rows; only what is marked as deleted is restored, and only what is not is deleted. */
export function removeChosen(kind: Removal['kind']): void {
  const table = source.value?.table;
  if (table === undefined) return;
  const fits = (row: Row) => kind === 'purge' || isDeleted(table, row) === (kind === 'restore');
  asOneStep(() => {
    for (const { row, change } of chosenRows()) {
      if (change?.kind === 'insert') unstage(change.id);
      else if (table.primaryKey.length > 0 && table.deletable && fits(row)) stageRemoval(table, row, kind);
    }
  });
  ticked.value = new Map();
}

/** Rows that are marked as deleted are shown beside the others, or no more. */
export function toggleDeleted(): void {
  const at = source.value?.route;
  if (at !== undefined) go({ ...at, deleted: !at.deleted }, true);
}

export const isDeleted = (table: Table, row: Row): boolean =>
  table.softDelete !== null && row[table.softDelete.column] != null;

/** Goes to the row that a foreign key's values name. */
export function followKey(table: Table, column: string, { row, change }: Shown): void {
  const key = foreignKeyOf(table, column);
  if (key !== undefined) openReferenced(key, valuesOf(row, change));
}

/** A row as it would be after a save. */
const valuesOf = (row: Row, change: Change | undefined): Row =>
  change !== undefined && 'values' in change ? { ...row, ...change.values } : row;

/** The filters that name the row which a key's columns refer to; undefined where one of them is null. */
export function referenceFilters(key: ForeignKey, row: Row): readonly Filter[] | undefined {
  if (key.columns.some((column) => row[column] == null)) return undefined;
  return key.foreignColumns.map((field, index) => equals(field, row[key.columns[index] ?? '']));
}

export const equals = (field: string, value: unknown): Filter => ({
  field,
  not: false,
  operator: 'eq',
  value: String(value),
});

function openReferenced(key: ForeignKey, row: Row): void {
  const target = tables.value.get(`${key.schema}.${key.table}`);
  const filters = referenceFilters(key, row);
  if (target !== undefined && filters !== undefined) go(tableRoute(target, filters, target.softDelete !== null));
}
