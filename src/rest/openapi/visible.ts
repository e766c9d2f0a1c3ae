import type { Catalog, Routine, Table } from '../../catalog/index.ts';

/** What a description shows: the part of a schema that its reader may use. */
export interface Visible {
  readonly schema: string;
  readonly description: string | null;
  readonly tables: readonly Table[];
  readonly routines: readonly Routine[];
}

/** What the current role may use of a schema, by names and OIDs. */
export interface Access {
  readonly tables: ReadonlySet<string>;
  readonly routines: ReadonlySet<number>;
  readonly description: string | null;
}

/**
 * Asks what the current role may use of the schema $1: for `openapi-mode` follow-privileges, to be run as that role. One
 * row, one cell, for `readAccess`. Privileges are asked for at the time of the request, because roles inherit and change.
 */
export const accessQuery = `SELECT json_build_object(
  'description', obj_description(n.oid, 'pg_namespace'),
  'tables', (SELECT coalesce(json_agg(c.relname), '[]') FROM pg_class c
    WHERE c.relnamespace = n.oid AND c.relkind IN ('v', 'r', 'm', 'f', 'p') AND NOT c.relispartition
      AND (pg_has_role(c.relowner, 'USAGE')
        OR has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
        OR has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE, REFERENCES'))),
  'routines', (SELECT coalesce(json_agg(p.oid::int8), '[]') FROM pg_proc p
    WHERE p.pronamespace = n.oid AND p.prokind = 'f' AND has_function_privilege(p.oid, 'execute'))
)::text FROM pg_namespace n WHERE n.nspname = $1`;

/** Reads the cell that `accessQuery` gave; no row at all (the schema is gone) is access to nothing. */
export function readAccess(cell: string | null | undefined): Access {
  const found: { description: string | null; tables: string[]; routines: number[] } = JSON.parse(
    cell ?? '{"description":null,"tables":[],"routines":[]}',
  );
  return {
    tables: new Set(found.tables),
    routines: new Set(found.routines),
    description: found.description,
  };
}

/** Tables and functions of one part; the page that shows them takes about 30 ms for each. */
const PART = 40;
/** So many are one part still. */
const WHOLE = 60;

/** Parts of a large schema, tables first, for whoever cannot take all of it at once. A small one is one part. */
export function partsOf(shown: Visible): readonly Visible[] {
  const routines = [...Map.groupBy(shown.routines, ({ name }) => name).values()];
  const count = shown.tables.length + routines.length;
  if (count <= WHOLE) return [shown];
  return Array.from({ length: Math.ceil(count / PART) }, (_, part) => {
    const first = part * PART - shown.tables.length;
    return {
      ...shown,
      tables: shown.tables.slice(part * PART, (part + 1) * PART),
      routines: routines.slice(Math.max(0, first), Math.max(0, first + PART)).flat(),
    };
  });
}

/** A schema as its reader sees it; without `access`, all of it (`openapi-mode` ignore-privileges). */
export function visible(catalog: Catalog, schema: string, access?: Access): Visible {
  const found = catalog.schemas.get(schema);
  const tables = [...(found?.tables.values() ?? [])];
  const routines = [...(found?.routines.values() ?? [])].flat();
  return {
    schema,
    description: access ? access.description : (found?.description ?? null),
    tables: access ? tables.filter(({ name }) => access.tables.has(name)) : tables,
    routines: access ? routines.filter(({ oid }) => access.routines.has(oid)) : routines,
  };
}
