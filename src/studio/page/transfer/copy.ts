import type { Column, Table } from '../app/catalog.ts';
import { chosenRows, shownColumns } from '../grid/actions.ts';
import { source } from '../grid/state.ts';
import { insertOf } from '../stage/sql.ts';
import { stagedValue } from '../stage/staged.ts';
import { csvOf, tsvOf } from './format.ts';
import { textOfValue } from './values.ts';

export type Format = 'csv' | 'tsv' | 'json' | 'sql';

interface Taken {
  readonly table: Table;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly unknown[])[];
}

/** The chosen rows with the columns that are shown, as they would be after a save. */
function taken(table: Table): Taken {
  const columns = shownColumns().map(({ column }) => column);
  const rows = chosenRows().map(({ row, change }) => columns.map(({ name }) => stagedValue(change, row, name)));
  return { table, columns, rows };
}

const writers: Readonly<Record<Format, (taken: Taken) => string>> = {
  csv: (it) => csvOf(cellsOf(it)),
  tsv: (it) => tsvOf(cellsOf(it)),
  json: ({ columns, rows }) =>
    JSON.stringify(
      rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null]))),
      null,
      2,
    ),
  sql: ({ table, columns, rows }) =>
    rows.map((row) => insertOf(table, Object.fromEntries(columns.map(({ name }, at) => [name, row[at]])))).join('\n'),
};

const cellsOf = ({ columns, rows }: Taken) => [
  columns.map(({ name }) => name),
  ...rows.map((row) => columns.map((column, index) => textOfValue(column, row[index]))),
];

/** The chosen rows as text, and how many they are. */
export function chosenAs(format: Format): { readonly text: string; readonly rows: number } {
  const table = source.value?.table;
  if (table === undefined) return { text: '', rows: 0 };
  const found = taken(table);
  return { text: writers[format](found), rows: found.rows.length };
}
