import { Column, is, One, Relation } from 'drizzle-orm';
import {
  createTableRelationsHelpers,
  extractTablesRelationalConfig,
  Many,
  normalizeRelation,
  Relations,
} from 'drizzle-orm/_relations';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import { schemaOf } from './schema.ts';

/** A relation as the page is told of it. */
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

type Exports = Readonly<Record<string, unknown>>;

/** Relations of both kinds. Those that can't be resolved are left out: the page works without them. */
export const relationsOf = (exports: Exports): readonly StudioRelation[] => [
  ...relationsOfTables(exports),
  ...Object.values(exports).flatMap(definedRelations),
];

/** Of `relations(table, …)`. */
function relationsOfTables(exports: Exports): readonly StudioRelation[] {
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

/** Of `defineRelations(…)`: an object of tables, each with its relations. */
function definedRelations(value: unknown): readonly StudioRelation[] {
  if (!isRecord(value)) return [];
  return Object.values(value).flatMap((entry) => {
    const relations = isRecord(entry) && is(entry.table, PgTable) && isRecord(entry.relations) ? entry.relations : {};
    return Object.values(relations).flatMap((relation) => (is(relation, Relation) ? definedRelation(relation) : []));
  });
}

/** The page follows columns to columns; a relation through a third table has no such pair. */
function definedRelation(relation: Relation): readonly StudioRelation[] {
  const { fieldName, sourceColumns, sourceTable, targetColumns, targetTable, throughTable } = relation;
  if (throughTable !== undefined || !is(sourceTable, PgTable) || !is(targetTable, PgTable)) return [];
  return [
    {
      name: fieldName,
      type: is(relation, One) ? 'one' : 'many',
      table: getTableConfig(sourceTable).name,
      schema: schemaOf(sourceTable),
      columns: namesOf(sourceColumns),
      refTable: getTableConfig(targetTable).name,
      refSchema: schemaOf(targetTable),
      refColumns: namesOf(targetColumns),
    },
  ];
}

const namesOf = (columns: Relation['sourceColumns']): readonly string[] =>
  columns.flatMap(({ _: { column } }) => (is(column, Column) ? column.name : []));

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !is(value, PgTable);
