import { batch, computed, signal } from '@preact/signals';
import { nameOf, type Table } from '../app/catalog.ts';
import { keyOf, type Row } from '../grid/query.ts';

interface Base {
  readonly id: string;
  readonly table: Table;
}

export interface Insert extends Base {
  readonly kind: 'insert';
  readonly values: Row;
}

export interface Update extends Base {
  readonly kind: 'update';
  readonly row: Row;
  readonly values: Row;
}

export interface Removal extends Base {
  readonly kind: 'delete' | 'restore' | 'purge';
  readonly row: Row;
}

/** What somebody has changed here and the database does not know yet. */
export type Change = Insert | Update | Removal;

type Changes = readonly Change[];

export const staged = signal<Changes>([]);
const past = signal<readonly Changes[]>([]);
const future = signal<readonly Changes[]>([]);
export const canUndo = computed(() => past.value.length > 0);
export const canRedo = computed(() => future.value.length > 0);

/** By table and row, for the grid to look up. */
const byRow = computed(() => {
  const found = new Map<string, Change>();
  for (const change of staged.value) if (change.kind !== 'insert') found.set(change.id, change);
  return found;
});

export const rowId = (table: Table, row: Row): string => `${nameOf(table)} ${keyOf(table, row)}`;

export const stagedFor = (table: Table, row: Row): Change | undefined =>
  table.primaryKey.length === 0 ? undefined : byRow.value.get(rowId(table, row));

export const insertsOf = (table: Table): readonly Insert[] =>
  staged.value.filter((it): it is Insert => it.kind === 'insert' && nameOf(it.table) === nameOf(table));

/** A step that is made of several changes is under way. */
let within = false;

function become(next: Changes): void {
  if (!within) stepFrom(staged.value);
  staged.value = next;
}

function stepFrom(changes: Changes): void {
  past.value = [...past.value, changes];
  future.value = [];
}

/** Everything that is staged within is undone at once. */
export function asOneStep(work: () => void): void {
  const start = staged.value;
  within = true;
  try {
    batch(work);
  } finally {
    within = false;
    if (staged.value !== start) stepFrom(start);
  }
}

const replaced = (change: Change): Changes => {
  const others = staged.value.filter(({ id }) => id !== change.id);
  const index = staged.value.findIndex(({ id }) => id === change.id);
  return index < 0 ? [...others, change] : others.toSpliced(index, 0, change);
};

const isSame = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** Changes one value of a row, or takes the change back where it is what the row has anyway. */
export function stageValue(table: Table, row: Row, column: string, value: unknown): void {
  const id = rowId(table, row);
  const known = staged.value.find((change) => change.id === id);
  const values = { ...(known?.kind === 'update' ? known.values : {}), [column]: value };
  if (isSame(row[column], value)) delete values[column];
  if (Object.keys(values).length > 0) become(replaced({ kind: 'update', id, table, row, values }));
  else if (known !== undefined) become(staged.value.filter((change) => change.id !== id));
}

export function stageInsert(table: Table, values: Row = {}): Insert {
  const change: Insert = { kind: 'insert', id: `insert ${crypto.randomUUID()}`, table, values };
  become([...staged.value, change]);
  return change;
}

/** A value of a row that is not there yet; `undefined` leaves it to the database. */
export function changeInsert(insert: Insert, column: string, value: unknown): void {
  const values = { ...insert.values, [column]: value };
  if (value === undefined) delete values[column];
  become(replaced({ ...insert, values }));
}

export function stageRemoval(table: Table, row: Row, kind: Removal['kind']): void {
  become(replaced({ kind, id: rowId(table, row), table, row }));
}

/** The same change to the row as it has become since: what somebody else wrote is overwritten knowingly. */
export function rebase(change: Update, row: Row): void {
  become(replaced({ ...change, row }));
}

export const unstage = (id: string): void => become(staged.value.filter((change) => change.id !== id));

export function discardAll(): void {
  if (staged.value.length > 0) become([]);
}

/** After a save: there is nothing to go back to. */
export function forget(): void {
  staged.value = [];
  past.value = [];
  future.value = [];
}

export function undo(): void {
  const last = past.value.at(-1);
  if (last === undefined) return;
  future.value = [...future.value, staged.value];
  past.value = past.value.slice(0, -1);
  staged.value = last;
}

export function redo(): void {
  const after = future.value.at(-1);
  if (after === undefined) return;
  past.value = [...past.value, staged.value];
  future.value = future.value.slice(0, -1);
  staged.value = after;
}

/** A row's value as it would be after a save. */
export function stagedValue(change: Change | undefined, row: Row, column: string): unknown {
  return change !== undefined && 'values' in change && column in change.values ? change.values[column] : row[column];
}

/** Whoever closes the page is asked first, as long as something is not saved. */
addEventListener('beforeunload', (event) => {
  if (staged.value.length > 0) event.preventDefault();
});
