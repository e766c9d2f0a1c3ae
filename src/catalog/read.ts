import { mediaHandlersOf } from './media-handlers.ts';
import { RelationNames } from './names.ts';
import { catalogQuery } from './query.ts';
import { relationshipsBySchema, type SchemaRelationships } from './relationships.ts';
import { computedRelationships, routinesOf } from './routines.ts';
import type { CatalogRows } from './rows.ts';
import { isolationSetting, settingsOf } from './setting-list.ts';
import { tablesOf } from './tables.ts';
import { TypeIndex } from './type-index.ts';
import type { Catalog, RoleSettings, Routine, Run, Schema, Table, Type } from './types.ts';
import { viewKeysOf } from './view-keys.ts';

export interface ReadOptions {
  /** The schemas to expose, the default one first. Those that do not exist are left out. */
  readonly schemas: readonly string[];
  /** Schemas whose views are followed too, when an exposed view stands on one of theirs. */
  readonly extraSearchPath?: readonly string[];
  /** The server's version as the driver knows it; without it, what only newer servers have is not asked for. */
  readonly version?: string;
}

/** Reads the catalog in one statement and one round trip. Throws what `run` throws. */
export async function readCatalog(run: Run, options: ReadOptions): Promise<Catalog> {
  const major = Number.parseInt(options.version ?? '0', 10);
  const rows = await run(catalogQuery(major * 10_000), [
    JSON.stringify(options.schemas),
    JSON.stringify(options.extraSearchPath ?? []),
  ]);
  return catalogOf(JSON.parse(rows[0]?.[0] ?? '{}'), options.schemas);
}

function catalogOf(rows: CatalogRows, schemas: readonly string[]): Catalog {
  const types = new TypeIndex(rows.types ?? []);
  const names = new RelationNames(rows);
  const viewKeys = viewKeysOf(rows.views ?? [], rows.constraints ?? [], names);
  const tables = tablesOf(rows, types, names, viewKeys.primary);
  const computed = computedRelationships(rows.routines ?? [], types);
  const parts: Parts = {
    tables: Map.groupBy(tables.values(), ({ schema }) => schema),
    routines: Map.groupBy(routinesOf(rows.routines ?? [], types), ({ schema }) => schema),
    relationships: relationshipsBySchema(rows, names, viewKeys, tables, computed),
    types: Map.groupBy(types.all.values(), ({ schema }) => schema),
  };
  return Object.freeze({
    version: rows.version,
    versionNumber: rows.versionNumber,
    schemas: new Map(inOrder(rows.schemas ?? [], schemas).map((row) => [row.name, schemaOf(row, parts)])),
    representations: representationsOf(rows.casts ?? []),
    handlers: mediaHandlersOf(rows.routines ?? [], types),
    types: types.all,
    roles: rolesOf(rows.roles ?? []),
    settingsRead: settingsReadOf(rows.settingsRead ?? []),
    settingsChanged: rows.settingsChanged,
    settingsKept: rows.settingsKept,
  });
}

/** Everything that belongs to a schema, by its name. */
interface Parts {
  readonly tables: ReadonlyMap<string, readonly Table[]>;
  readonly routines: ReadonlyMap<string, readonly Routine[]>;
  readonly relationships: ReadonlyMap<string, SchemaRelationships>;
  readonly types: ReadonlyMap<string, readonly Type[]>;
}

interface SchemaRow {
  readonly name: string;
  readonly description: string | null;
}

function inOrder(rows: readonly SchemaRow[], names: readonly string[]): readonly SchemaRow[] {
  return [...new Set(names)].flatMap((name) => rows.find((row) => row.name === name) ?? []);
}

function schemaOf({ name, description }: SchemaRow, parts: Parts): Schema {
  const tables = new Map((parts.tables.get(name) ?? []).map((table) => [table.name, table]));
  const routines = Map.groupBy(parts.routines.get(name) ?? [], (routine) => routine.name);
  const types = parts.types.get(name) ?? [];
  const ofKind = <K extends Type['kind']>(kind: K) =>
    new Map(
      types.filter((type): type is Extract<Type, { kind: K }> => type.kind === kind).map((type) => [type.name, type]),
    );
  return Object.freeze({
    name,
    description,
    tables,
    routines,
    relationships: parts.relationships.get(name) ?? new Map(),
    enums: ofKind('enum'),
    domains: ofKind('domain'),
    composites: ofKind('composite'),
    tableNames: Object.freeze([...tables.keys()].sort()),
    routineNames: Object.freeze([...routines.keys()].sort()),
  });
}

function representationsOf(casts: readonly (readonly [string, string, string])[]): Catalog['representations'] {
  return new Map(
    [...Map.groupBy(casts, ([source]) => source)].map(([source, own]) => [
      source,
      new Map(own.map(([, target, name]) => [target, name])),
    ]),
  );
}

function rolesOf(rows: readonly (readonly [string, string])[]): Catalog['roles'] {
  const byRole = Map.groupBy(rows, ([role]) => role);
  return new Map([...byRole].map(([role, own]) => [role, roleSettings(own.map(([, setting]) => setting))]));
}

function settingsReadOf(names: readonly (string | null)[]): Catalog['settingsRead'] {
  const known = names.filter((name) => name !== null);
  return known.length === names.length ? new Set(known) : null;
}

function roleSettings(config: readonly string[]): RoleSettings {
  const { isolation, settings } = settingsOf(config);
  return Object.freeze({ isolation, settings: settings.filter(([name]) => name !== isolationSetting) });
}
