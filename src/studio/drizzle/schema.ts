import { is } from 'drizzle-orm';
import {
  createTableRelationsHelpers,
  extractTablesRelationalConfig,
  Many,
  normalizeRelation,
  Relations,
} from 'drizzle-orm/_relations';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';

/** What the page is told of a Drizzle schema: the database itself it reads by queries of its own. */

export interface ColumnDefault {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  readonly make: () => unknown;
}

export interface StudioRelation {
  readonly name: string;
  readonly type: 'one' | 'many';
  readonly table: string;
  readonly schema: string;
  readonly columns: readonly string[];
  readonly refTable: string;
  readonly refSchema: string;
  readonly refColumns: readonly string[];
}

const schemaOf = (table: PgTable): string => getTableConfig(table).schema ?? 'public';

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

/** Relations of the `relations(…)` kind. Those that can't be resolved are left out: the page works without them. */
export function relationsOf(exports: Readonly<Record<string, unknown>>): readonly StudioRelation[] {
  const named = Object.entries(exports).map(([key, value]) => [
    is(value, PgTable) ? `${schemaOf(value)}.${key}` : key,
    value,
  ]);
  const known = Object.fromEntries(named.filter(([, value]) => is(value, PgTable) || is(value, Relations)));
  try {
    const config = extractTablesRelationalConfig(known, createTableRelationsHelpers);
    return Object.values(config.tables).flatMap((table) =>
      Object.values(table.relations).flatMap((relation) => {
        const { fields, references } = normalizeRelation(config.tables, config.tableNamesMap, relation);
        const target = relation.referencedTable;
        return {
          name: relation.fieldName,
          type: is(relation, Many) ? ('many' as const) : ('one' as const),
          table: table.dbName,
          schema: table.schema ?? 'public',
          columns: fields.map(({ name }) => name),
          refTable: relation.referencedTableName,
          refSchema: is(target, PgTable) ? schemaOf(target) : 'public',
          refColumns: references.map(({ name }) => name),
        };
      }),
    );
  } catch {
    return [];
  }
}
