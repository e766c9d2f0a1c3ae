import { getTableColumns } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { type CellEncoder, encoderOf } from './cell.ts';

/** A column as the bulk writers use it. */
export interface BulkColumn {
  /** Its key in the Drizzle table, as rows name it. */
  readonly key: string;
  /** Its name in the database. */
  readonly name: string;
  readonly column: PgColumn;
  readonly encode: CellEncoder;
  /** Its text has none of the characters that COPY gives a meaning. */
  readonly plain: boolean;
  /** Computed in this process where a row does not give it (`$defaultFn`, `$onUpdateFn`). */
  readonly makeDefault: (() => unknown) | undefined;
}

/** The columns that a row may give, by their keys. */
export function bulkColumns(table: PgTable): ReadonlyMap<string, BulkColumn> {
  const columns = new Map<string, BulkColumn>();
  for (const [key, column] of Object.entries(getTableColumns(table))) {
    if (isComputed(column)) continue;
    columns.set(key, {
      key,
      name: column.name,
      column,
      encode: encoderOf(column),
      plain: isPlain(column),
      makeDefault: defaultOf(column),
    });
  }
  return columns;
}

/** Numbers, booleans, and times that are given as a Date. */
const isPlain = (column: PgColumn): boolean =>
  column.dimensions === 0 && /^(number|boolean|bigint|object date)\b/.test(column.dataType);

/** Generated columns, and identities that the database alone assigns. */
const isComputed = (column: PgColumn): boolean =>
  (column.generated !== undefined && column.generated.type !== 'byDefault') ||
  column.generatedIdentity?.type === 'always';

/** As Drizzle's own insert does: `$onUpdateFn` also serves an insert where there is no default. */
function defaultOf(column: PgColumn): (() => unknown) | undefined {
  if (column.defaultFn) return column.defaultFn;
  return column.default === undefined ? column.onUpdateFn : undefined;
}
