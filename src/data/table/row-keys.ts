import { and, eq, getColumns, type InferSelectModel, inArray, is, or, SQL } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { didYouMean, HutchError } from '../../errors/index.ts';
import { shapeOf } from '../table/shape.ts';

type Scalar = string | number | bigint;

/** One row's key: the value of a single key column, or the key columns by name. */
export type RowKey<T extends PgTable> = Scalar | Partial<InferSelectModel<T>>;

/** Which rows: a condition, a key, or several keys. */
export type Rows<T extends PgTable> = SQL | RowKey<T> | readonly RowKey<T>[];

/**
 * The condition that selects these rows.
 * @throws HutchError `condition_missing` for nothing at all, `row_key_invalid` for a key that doesn't fit
 */
export function conditionOf<T extends PgTable>(table: T, rows: Rows<T> | undefined): SQL {
  if (is(rows, SQL)) return rows;
  const keys = isList(rows) ? rows : rows === undefined ? [] : [rows];
  if (keys.length === 0) throw new HutchError('condition_missing', { details: `For "${shapeOf(table).label}".` });
  const columns = keyColumns(table);
  const [single] = columns;
  const values = keys.map((key) => keyValues(table, columns, key));
  if (single && columns.length === 1) return inArray(single.column, values.flat());
  return all(or(...values.map((row) => and(...columns.map((it, index) => eq(it.column, row[index]))))));
}

/** Array.isArray alone would not narrow a readonly array. */
const isList = <T extends PgTable>(rows: Rows<T> | undefined): rows is readonly RowKey<T>[] => Array.isArray(rows);

export interface KeyColumn {
  /** Its name in code. */
  readonly property: string;
  readonly column: PgColumn;
}

/** The primary key's columns, in order. @throws HutchError `primary_key_missing` */
export function keyColumns(table: PgTable): readonly KeyColumn[] {
  const { key, label } = shapeOf(table);
  const columns = Object.entries(getColumns(table));
  const found = key.flatMap((name) => {
    const entry = columns.find(([, column]) => column.name === name);
    return entry ? [{ property: entry[0], column: entry[1] }] : [];
  });
  if (found.length === 0) throw new HutchError('primary_key_missing', { details: `"${label}" has none.` });
  return found;
}

/** The key's values in the order of its columns. */
export function keyValues(table: PgTable, columns: readonly KeyColumn[], key: unknown): readonly unknown[] {
  if (typeof key === 'object' && key !== null) return columns.map((it) => namedValue(table, columns, it, key));
  if (columns.length === 1 && isScalar(key)) return [key];
  throw invalid(table, columns, `Got ${key === null ? 'null' : typeof key}.`);
}

function namedValue(table: PgTable, columns: readonly KeyColumn[], { property }: KeyColumn, key: object): unknown {
  const value: unknown = Reflect.get(key, property);
  const stranger = Object.keys(key).find((name) => columns.every((it) => it.property !== name));
  if (stranger !== undefined) {
    const names = columns.map((it) => it.property);
    throw invalid(table, columns, `'${stranger}' is not part of it.`, didYouMean(stranger, names), stranger);
  }
  if (isScalar(value) || value instanceof Date) return value;
  throw invalid(table, columns, `'${property}' is missing.`, null, property);
}

const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'bigint' || (typeof value === 'number' && !Number.isNaN(value));

function invalid(
  table: PgTable,
  columns: readonly KeyColumn[],
  problem: string,
  hint: string | null = null,
  field?: string,
): HutchError {
  const names = columns.map((it) => it.property).join(', ');
  return new HutchError('row_key_invalid', {
    details: `The key of "${shapeOf(table).label}" is (${names}). ${problem}`,
    hint,
    field: field ?? columns[0]?.property,
  });
}

/** `or` of at least one condition is a condition. */
function all(condition: SQL | undefined): SQL {
  if (condition) return condition;
  throw new HutchError('condition_missing');
}
