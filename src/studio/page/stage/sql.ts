import type { Column, Table } from '../app/catalog.ts';
import { kindOf } from '../grid/kind.ts';
import type { Row } from '../grid/query.ts';
import { textOfValue } from '../transfer/values.ts';
import { mergePatch, pathChanges } from './merge-patch.ts';
import type { Change, Update } from './staged.ts';

/** Words that Postgres does not take as a name without quotes. */
const reserved = new Set(
  `all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column concurrently
constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp current_user default
deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having ilike in initially inner
intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on only or
order outer overlaps placing primary references returning right select session_user similar some symmetric system_user table
tablesample then to trailing true union unique user using variadic verbose when where window with`.split(/\s/),
);

const identifier = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/.test(name) && !reserved.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
const tableName = ({ schema, name }: Table): string =>
  schema === 'public' ? identifier(name) : `${identifier(schema)}.${identifier(name)}`;

function literal(value: unknown, column?: Column): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === null || value === undefined) return 'NULL';
  const text = column === undefined ? String(value) : (textOfValue(column, value) ?? '');
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
  if (change.kind === 'insert') return insertOf(table, change.values);
  if (change.kind === 'update')
    return `UPDATE ${name}\nSET ${assignments(change).join(',\n    ')}\nWHERE ${where(table, change.row)};`;
  const mark = table.softDelete;
  if (change.kind === 'restore' && mark !== null)
    return `UPDATE ${name} SET ${identifier(mark.column)} = NULL WHERE ${where(table, change.row)}; -- restore`;
  if (change.kind === 'delete' && mark !== null)
    return `UPDATE ${name} SET ${identifier(mark.column)} = now() WHERE ${where(table, change.row)}; -- soft delete`;
  return `DELETE FROM ${name} WHERE ${where(table, change.row)};`;
}

export function insertOf(table: Table, row: Row): string {
  const entries = Object.entries(row);
  if (entries.length === 0) return `INSERT INTO ${tableName(table)} DEFAULT VALUES;`;
  const columns = entries.map(([name]) => identifier(name)).join(', ');
  const values = entries.map(([name, value]) => literal(value, columnOf(table, name))).join(', ');
  return `INSERT INTO ${tableName(table)} (${columns})\nVALUES (${values});`;
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
