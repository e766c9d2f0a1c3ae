import type { Catalog, Column, Table } from '../../catalog/index.ts';
import type { Driver } from '../../db/index.ts';
import { auditLabel } from './audit-label.ts';
import { auditedTables } from './history.ts';
import type { CatalogSummary, ColumnSummary, TableSummary } from './shapes.ts';

/** What of the catalog the page works with: tables, columns, keys; and which tables record their changes. */
export async function summarize(
  driver: Driver,
  catalog: Catalog,
): Promise<Pick<CatalogSummary, 'engine' | 'version' | 'tables' | 'functions' | 'defaultSchema'>> {
  const audited = await auditedTables(driver);
  const schemas = [...catalog.schemas.values()];
  const tables = schemas.flatMap((schema) => [...schema.tables.values()]);
  return {
    engine: driver.engine,
    version: catalog.version,
    tables: tables.map((table) => tableSummary(table, audited)),
    functions: [...new Set(schemas.flatMap((schema) => schema.routineNames))],
    defaultSchema: schemas[0]?.name ?? 'public',
  };
}

function tableSummary(table: Table, audited: ReadonlyMap<string, string>): TableSummary {
  const { schema, name, kind, description, primaryKey, insertable, updatable, deletable, rowSecurity } = table;
  return {
    schema,
    name,
    kind,
    description,
    primaryKey,
    columns: [...table.columns.values()].map(columnSummary),
    foreignKeys: table.foreignKeys.map((key) => ({
      name: key.name,
      columns: key.columns,
      schema: key.references.schema,
      table: key.references.name,
      foreignColumns: key.references.columns,
    })),
    softDelete: table.softDelete,
    insertable,
    updatable,
    deletable,
    rowSecurity,
    auditedSince: audited.get(auditLabel(table)) ?? null,
  };
}

const columnSummary = (column: Column): ColumnSummary => ({
  name: column.name,
  type: column.nominalType,
  base: column.type,
  nullable: column.nullable,
  default: column.default,
  enum: column.enum,
  isArray: column.isArray,
  isJson: column.isJson,
  writable: column.writable && column.identity !== 'always',
  filled: column.default !== null || column.identity !== null || column.generated !== null,
  maxLength: column.maxLength,
  description: column.description,
});
