import { is } from 'drizzle-orm';
import { getTableConfig, type PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { qualified } from '../../db/quoting.ts';

/** A table as its triggers need it: names in the database, key, and the foreign keys that leave it. */
export interface TableShape {
  readonly table: PgTable;
  readonly schema: string;
  readonly name: string;
  /** Schema and name, quoted. */
  readonly sql: string;
  /** For object names: `tickets`, or `app.tickets` outside `public`. */
  readonly label: string;
  readonly columns: readonly PgColumn[];
  /** The primary key's column names; empty where there is none. */
  readonly key: readonly string[];
  readonly parents: readonly ForeignKeyShape[];
}

export interface ForeignKeyShape {
  readonly name: string;
  readonly columns: readonly string[];
  /** The parent's quoted name, as in its `TableShape.sql`. */
  readonly parent: string;
  readonly parentColumns: readonly string[];
  readonly onDelete: string;
}

/** The tables among a schema's exports, each once, in order. */
export function tablesOf(schema: object): readonly PgTable[] {
  const tables = Object.values(schema).filter((it): it is PgTable => is(it, PgTable));
  return [...new Set(tables)];
}

const shapes = new WeakMap<PgTable, TableShape>();

export function shapeOf(table: PgTable): TableShape {
  const known = shapes.get(table);
  if (known) return known;
  const config = getTableConfig(table);
  const schema = config.schema ?? 'public';
  const shape: TableShape = {
    table,
    schema,
    name: config.name,
    sql: qualified(schema, config.name),
    label: schema === 'public' ? config.name : `${schema}.${config.name}`,
    columns: config.columns,
    key: keyOf(config).map((it) => it.name),
    parents: config.foreignKeys.map((it) => foreignKeyShape(config.name, it)),
  };
  shapes.set(table, shape);
  return shape;
}

type Config = ReturnType<typeof getTableConfig>;

function keyOf(config: Config): readonly PgColumn[] {
  const composite = config.primaryKeys[0];
  return composite ? composite.columns : config.columns.filter((it) => it.primary);
}

function foreignKeyShape(child: string, foreignKey: Config['foreignKeys'][number]): ForeignKeyShape {
  const { name, columns, foreignColumns, foreignTable } = foreignKey.reference();
  const parent = getTableConfig(foreignTable);
  const own = columns.map((it) => it.name);
  const others = foreignColumns.map((it) => it.name);
  return {
    // As drizzle-kit names them; Drizzle's own `getName()` still ends in `_fk`.
    name: name ?? [child, ...own, parent.name, ...others, 'fkey'].join('_'),
    columns: own,
    parent: qualified(parent.schema ?? 'public', parent.name),
    parentColumns: others,
    onDelete: foreignKey.onDelete ?? 'no action',
  };
}
