import { getTableColumns, is } from 'drizzle-orm';
import { getTableConfig, type PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { jsonSchemaOf } from './json-schema.ts';
import type { Catalog, Column, DrizzleColumn, Schema, SoftDelete, Table } from './types.ts';

/** What a schema module exports, tables among it. */
export type DrizzleExports = Readonly<Record<string, unknown>>;

/**
 * The catalog with what the Drizzle schema knows besides: property names, defaults in code, JSON schemas, soft deletion.
 * The database stays the truth: what it lacks is not added, and what the schema lacks is left as it is. Uses only what
 * drizzle-orm 0.44 and 1.0 have in common.
 */
export function enrich(catalog: Catalog, exports: DrizzleExports): Catalog {
  const known = drizzleTables(exports);
  if (known.size === 0) return catalog;
  const schemas = [...catalog.schemas.values()].map((schema) => enrichSchema(schema, known));
  return Object.freeze({ ...catalog, schemas: new Map(schemas.map((schema) => [schema.name, schema])) });
}

interface KnownTable {
  readonly key: string;
  readonly table: PgTable;
}

function drizzleTables(exports: DrizzleExports): ReadonlyMap<string, KnownTable> {
  return new Map(
    Object.entries(exports).flatMap(([key, table]): [string, KnownTable][] => {
      if (!is(table, PgTable)) return [];
      const { schema, name } = getTableConfig(table);
      return [[tableId(schema ?? 'public', name), { key, table }]];
    }),
  );
}

const tableId = (schema: string, name: string): string => `${schema}\0${name}`;

function enrichSchema(schema: Schema, known: ReadonlyMap<string, KnownTable>): Schema {
  const tables = [...schema.tables].map(([name, table]): [string, Table] => {
    const match = known.get(tableId(schema.name, name));
    return [name, match ? enrichTable(table, match) : table];
  });
  return Object.freeze({ ...schema, tables: new Map(tables) });
}

function enrichTable(table: Table, { key, table: source }: KnownTable): Table {
  const byName = new Map(
    Object.entries(getTableColumns(source)).map(([name, column]) => [column.name, { name, column }]),
  );
  const columns = [...table.columns].map(([name, column]): [string, Column] => {
    const match = byName.get(name);
    return [name, match ? Object.freeze({ ...column, drizzle: describe(match.name, match.column) }) : column];
  });
  return Object.freeze({
    ...table,
    columns: new Map(columns),
    drizzle: Object.freeze({
      key,
      columns: new Map([...byName].map(([name, { name: property }]) => [property, name])),
    }),
    softDelete: softDeletion(table, source) ?? table.softDelete,
  });
}

function describe(key: string, column: PgColumn): DrizzleColumn {
  return Object.freeze({
    key,
    dataType: column.dataType,
    codeDefault: column.defaultFn !== undefined,
    codeUpdate: column.onUpdateFn !== undefined,
    jsonSchema: jsonSchemaOf(column),
  });
}

/** The mark that soft deletion's columns carry, by the name under which the data room registers it globally. */
const MARK = Symbol.for('hutch.column');

function softDeletion(table: Table, source: PgTable): SoftDelete | null {
  const marked = (kind: string) =>
    Object.values(getTableColumns(source)).find((column) => markOf(column) === kind)?.name;
  const column = marked('deletedAt');
  const flag = marked('deleted');
  if (column === undefined || !table.columns.has(column)) return null;
  return Object.freeze({ column, flag: flag !== undefined && table.columns.has(flag) ? flag : null });
}

function markOf(column: PgColumn): unknown {
  const config: unknown = Reflect.get(column, 'config');
  const mark: unknown = typeof config === 'object' && config !== null ? Reflect.get(config, MARK) : undefined;
  return typeof mark === 'object' && mark !== null ? Reflect.get(mark, 'kind') : undefined;
}
