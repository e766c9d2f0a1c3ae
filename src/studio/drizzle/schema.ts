import { is } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';

/** What the page is told of a Drizzle schema: the database itself it reads by queries of its own. */

export interface ColumnDefault {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  readonly make: () => unknown;
}

export const schemaOf = (table: PgTable): string => getTableConfig(table).schema ?? 'public';

/** Columns whose default a function in the code makes (`$defaultFn`). */
export function columnDefaults(exports: Readonly<Record<string, unknown>>): readonly ColumnDefault[] {
  return Object.values(exports).flatMap((table) => (is(table, PgTable) ? defaultsOf(table) : []));
}

function defaultsOf(table: PgTable): readonly ColumnDefault[] {
  const { columns, name } = getTableConfig(table);
  return columns.flatMap((column) =>
    column.defaultFn === undefined
      ? []
      : { schema: schemaOf(table), table: name, column: column.name, make: column.defaultFn },
  );
}
