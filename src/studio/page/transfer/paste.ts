import type { Column, Table } from '../app/catalog.ts';
import { isEditable, rowAt, setValue, shownColumns } from '../grid/actions.ts';
import type { RowSource } from '../grid/source.ts';
import { active, rowCount, source } from '../grid/state.ts';
import { asOneStep, insertsOf, stageInsert } from '../stage/staged.ts';
import type { Cells } from './format.ts';
import { valueOfText } from './values.ts';

/** What a pasted line becomes: values of the row at an index of the grid, or of a new row. */
interface Line {
  readonly index: number | null;
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Stages pasted cells as one step. Where the first line names columns, the others become new rows; else cells are laid over the rows
 * from the active cell on, and become new rows beyond the last one.
 * @returns how many rows are staged @throws Error where a cell fits nowhere, before anything is staged
 */
export async function paste(rows: RowSource, cells: readonly Cells[]): Promise<number> {
  const { table } = rows;
  const named = headOf(table, cells[0] ?? []);
  const lines = named === undefined ? await linesFromActive(rows, cells) : newRows(table, named, cells.slice(1));
  asOneStep(() => {
    // rows to be inserted stand above the others, so they come last
    for (const { index, values } of lines)
      if (index !== null) for (const [name, value] of Object.entries(values)) setValue(index, name, value);
    for (const { index, values } of lines) if (index === null) stageInsert(table, values);
  });
  return lines.length;
}

/** The columns that a line names; undefined where it is none of names. */
function headOf(table: Table, line: Cells): readonly Column[] | undefined {
  const columns = line.flatMap((name) => table.columns.find((column) => column.name === name) ?? []);
  return columns.length === line.length ? columns : undefined;
}

async function linesFromActive(rows: RowSource, cells: readonly Cells[]): Promise<readonly Line[]> {
  const { table } = rows;
  const { row, column: first } = active.value;
  const columns = shownColumns()
    .slice(first)
    .map(({ column }) => column);
  const existing = Math.max(0, rowCount.peek() - row);
  const below = row - insertsOf(table).length;
  await rows.ready(below, below + Math.min(cells.length, existing));
  if (source.peek() !== rows) throw new Error('Other rows are shown meanwhile; nothing was pasted');
  const over = cells.slice(0, existing).map((line, at) => overRow(table, columns, line, row + at));
  return [...over, ...newRows(table, columns, cells.slice(existing))];
}

function overRow(table: Table, columns: readonly Column[], line: Cells, index: number): Line {
  const shown = rowAt(index);
  if (shown === undefined) throw new Error('The rows below cannot be read; nothing was pasted');
  const values = line.map((text, at) => {
    const column = columnAt(columns, at);
    if (!isEditable(table, column.name, shown.change)) throw new Error(`${column.name} cannot be changed here`);
    return [column.name, valueAt(column, text, index)] as const;
  });
  return { index, values: Object.fromEntries(values) };
}

function newRows(table: Table, columns: readonly Column[], cells: readonly Cells[]): readonly Line[] {
  if (cells.length > 0 && !table.insertable) throw new Error('Nothing can be inserted here');
  return cells.map((line, at) => {
    const values = line.flatMap((text, index) => {
      const column = columnAt(columns, index);
      const left = !column.writable || (text === null && (column.nullable || column.filled));
      return left ? [] : [[column.name, valueAt(column, text, at)] as const];
    });
    return { index: null, values: Object.fromEntries(values) };
  });
}

function columnAt(columns: readonly Column[], index: number): Column {
  const column = columns[index];
  if (column === undefined) throw new Error('There are more cells in a line than columns to the right of here');
  return column;
}

function valueAt(column: Column, text: string | null, row: number): unknown {
  const read = valueOfText(column, text);
  if ('value' in read) return read.value;
  throw new Error(`Row ${row + 1}, ${column.name}: ${read.wrong} (${text ?? 'nothing'})`);
}
