import { foreignKeyOf } from '../app/catalog.ts';
import { allLoaded, chosenRows, duplicate, isEditable, removeChosen, rowAt, setValue, tick } from './actions.ts';
import type { GridEvents } from './grid-events.ts';
import { sortBy } from './head.tsx';
import { isNumeric, kindOf } from './kind.ts';
import type { PlacedColumn } from './layout.ts';
import type { RowSource } from './source.ts';
import { active, editing, opened, rowCount, source } from './state.ts';

interface KeyboardContext {
  readonly source: RowSource;
  readonly columns: readonly PlacedColumn[];
  /** Rows of a step by page. */
  readonly page: number;
  readonly on: GridEvents;
}

/** Does what a key means in the grid; false for a key that means nothing there. */
export function pressed(event: KeyboardEvent, context: KeyboardContext): boolean {
  const move = movedBy(event, context.page, rowCount.peek(), context.columns.length);
  if (move !== undefined) active.value = move;
  else if (event.altKey) return false;
  else if (event.ctrlKey || event.metaKey) return withCtrl(event, context);
  else return alone(event, context);
  return true;
}

function withCtrl({ key }: KeyboardEvent, { source: { table } }: KeyboardContext): boolean {
  if (key === 'd') duplicate(chosenRows());
  else if (key === 'a') tick(table, allLoaded());
  else return false;
  return true;
}

function alone({ key, shiftKey }: KeyboardEvent, { source: rows, columns, on }: KeyboardContext): boolean {
  const { table, route } = rows;
  const { row, column } = active.value;
  const name = columns[column]?.column.name ?? '';
  if (key === 'Enter' || key === 'F2') on.edit(row, column);
  else if (key === ' ') on.open(row);
  else if (key === 'Escape') opened.value = null;
  else if (key === 'Delete') removeChosen('delete');
  else if (key === 'Backspace') clear(row, columns[column]);
  else if (key === 'x') on.tick(row, false);
  else if (key.toLowerCase() === 's') sortBy(route, name, shiftKey);
  else if (key === 'o' && foreignKeyOf(table, name) !== undefined) on.follow(row, name);
  else if (/^[-\d]$/.test(key)) typeInto(row, column, columns[column], key);
  else return false;
  return true;
}

function canEdit(row: number, { column }: PlacedColumn): boolean {
  const table = source.value?.table;
  return table !== undefined && isEditable(table, column.name, rowAt(row)?.change);
}

function clear(row: number, place: PlacedColumn | undefined): void {
  if (place?.column.nullable && canEdit(row, place)) setValue(row, place.column.name, null);
}

function typeInto(row: number, column: number, place: PlacedColumn | undefined, typed: string): void {
  if (place !== undefined && isNumeric(kindOf(place.column)) && canEdit(row, place))
    editing.value = { row, column, typed };
}

/** Where a key leads from the active cell; undefined for a key that does not move. */
function movedBy(event: KeyboardEvent, page: number, rows: number, columns: number) {
  const { row, column } = active.value;
  const far = event.ctrlKey || event.metaKey;
  const steps: Readonly<Record<string, readonly [number, number]>> = {
    ArrowDown: [far ? rows : 1, 0],
    ArrowUp: [far ? -rows : -1, 0],
    ArrowRight: [0, far ? columns : 1],
    ArrowLeft: [0, far ? -columns : -1],
    PageDown: [page, 0],
    PageUp: [-page, 0],
    Home: [far ? -rows : 0, -columns],
    End: [far ? rows : 0, columns],
  };
  const step = event.altKey ? undefined : steps[event.key];
  if (step === undefined) return undefined;
  return {
    row: Math.max(0, Math.min(rows - 1, row + step[0])),
    column: Math.max(0, Math.min(columns - 1, column + step[1])),
  };
}
