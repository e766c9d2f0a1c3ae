import type { Column, Table } from '../app/catalog.ts';
import { kindOf } from '../grid/kind.ts';
import type { Row } from '../grid/query.ts';
import { mergePatch, pathChanges } from './merge-patch.ts';
import type { Change, Update } from './staged.ts';

const identifier = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
const tableName = ({ schema, name }: Table): string =>
  schema === 'public' ? identifier(name) : `${identifier(schema)}.${identifier(name)}`;

function literal(value: unknown, column?: Column): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  const text = typeof value === 'string' && column?.isJson !== true ? value : JSON.stringify(value);
  if (Array.isArray(value) && column?.isArray) return `ARRAY[${value.map((item) => literal(item)).join(', ')}]`;
  return `'${text.replaceAll("'", "''")}'`;
}

const columnOf = (table: Table, name: string): Column | undefined => table.columns.find((it) => it.name === name);

function where(table: Table, row: Row): string {
  return table.primaryKey
    .map((name) => `${identifier(name)} = ${literal(row[name], columnOf(table, name))}`)
    .join(' AND ');
}

/** A change as the statement that it comes down to. */
export function sqlOf(change: Change): string {
  const { table } = change;
  const name = tableName(table);
  if (change.kind === 'insert') {
    const entries = Object.entries(change.values);
    if (entries.length === 0) return `INSERT INTO ${name} DEFAULT VALUES;`;
    const values = entries.map(([column, value]) => literal(value, columnOf(table, column)));
    return `INSERT INTO ${name} (${entries.map(([column]) => identifier(column)).join(', ')})\nVALUES (${values.join(', ')});`;
  }
  if (change.kind === 'update')
    return `UPDATE ${name}\nSET ${assignments(change).join(',\n    ')}\nWHERE ${where(table, change.row)};`;
  const mark = table.softDelete;
  if (change.kind === 'restore' && mark !== null)
    return `UPDATE ${name} SET ${identifier(mark.column)} = NULL WHERE ${where(table, change.row)}; -- restore`;
  if (change.kind === 'delete' && mark !== null)
    return `UPDATE ${name} SET ${identifier(mark.column)} = now() WHERE ${where(table, change.row)}; -- soft delete`;
  return `DELETE FROM ${name} WHERE ${where(table, change.row)};`;
}

const assignments = ({ table, row, values }: Update): readonly string[] =>
  Object.entries(values).map(([name, value]) => {
    const column = columnOf(table, name);
    const merged = column !== undefined && kindOf(column) === 'json' ? jsonAssignment(name, row[name], value) : null;
    return `${identifier(name)} = ${merged ?? literal(value, column)}`;
  });

/** A document is changed at its paths, so that what somebody else changes beside them stays. */
function jsonAssignment(name: string, from: unknown, to: unknown): string | null {
  const patch = mergePatch(from, to);
  if (patch === null) return null;
  return pathChanges(patch).reduce((expression, { path, value }) => {
    const steps = `'{${path.map((step) => (/^\w+$/.test(step) ? step : JSON.stringify(step))).join(',')}}'`;
    return value === undefined
      ? `${expression} #- ${steps}`
      : `jsonb_set(${expression}, ${steps}, '${JSON.stringify(value).replaceAll("'", "''")}')`;
  }, identifier(name));
}
