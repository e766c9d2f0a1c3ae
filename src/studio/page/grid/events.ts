import type { Table } from '../app/catalog.ts';
import { followKey, idOf, isEditable, rowAt, setValue, tick } from './actions.ts';
import type { Leave } from './editing.ts';
import type { GridEvents } from './grid-events.ts';
import { kindOf } from './kind.ts';
import type { PlacedColumn } from './layout.ts';
import { active, editing, opened, rowCount, ticked } from './state.ts';

/** Rows and columns from the edited cell to the one that is active next. */
const steps: Readonly<Record<Leave, readonly [down: number, right: number]>> = {
  gone: [0, 0],
  here: [0, 0],
  below: [1, 0],
  next: [0, 1],
  previous: [0, -1],
};

/** What happens in the rows of a table; `focus` gives the keys back to the grid. */
export function gridEvents(table: Table, columns: readonly PlacedColumn[], focus: () => void): GridEvents {
  let lastTicked: number | null = null;
  return {
    activate(row, column) {
      active.value = { row, column };
      if (opened.value !== null) opened.value = { ...opened.value, row };
    },
    edit(row, column) {
      const place = columns[column];
      const shown = rowAt(row);
      if (place === undefined || shown === undefined || !isEditable(table, place.column.name, shown.change)) return;
      if (kindOf(place.column) === 'json') opened.value = { row, tab: 'fields' };
      else editing.value = { row, column };
    },
    commit(row, column, value, leave) {
      const place = columns[column];
      const [down, right] = steps[leave];
      editing.value = null;
      if (place !== undefined) setValue(row, place.column.name, value);
      active.value = {
        row: Math.min(rowCount.peek() - 1, row + down),
        column: Math.max(0, Math.min(columns.length - 1, column + right)),
      };
      if (leave !== 'gone') focus();
    },
    cancel() {
      editing.value = null;
      focus();
    },
    follow(row, column) {
      const shown = rowAt(row);
      if (shown !== undefined) followKey(table, column, shown);
    },
    tick(row, onwards) {
      const from = onwards ? (lastTicked ?? row) : row;
      lastTicked = row;
      const rows = Array.from({ length: Math.abs(row - from) + 1 }, (_, at) => rowAt(Math.min(row, from) + at));
      const wanted = rows.filter((shown) => shown !== undefined);
      tick(table, from === row ? wanted : wanted.filter((shown) => !ticked.value.has(idOf(table, shown))));
    },
    open(row) {
      active.value = { row, column: active.value.column };
      opened.value = { row, tab: opened.value?.tab ?? 'fields' };
    },
  };
}
