import type { Catalog, MediaHandler, Qualified, Relationship, Routine, Table } from './types.ts';

const none: readonly never[] = Object.freeze([]);

export function findTable(catalog: Catalog, { schema, name }: Qualified): Table | undefined {
  return catalog.schemas.get(schema)?.tables.get(name);
}

/** The overloads of that name, fewest parameters first; empty where there are none. */
export function findRoutines(catalog: Catalog, { schema, name }: Qualified): readonly Routine[] {
  return catalog.schemas.get(schema)?.routines.get(name) ?? none;
}

/** Relationships from `table` to anything in `foreignSchema`, sorted. */
export function relationshipsOf(catalog: Catalog, table: Qualified, foreignSchema: string): readonly Relationship[] {
  return catalog.schemas.get(table.schema)?.relationships.get(table.name)?.get(foreignSchema) ?? none;
}

/** The function that turns `source` into `target` (`json`, `text`, or a domain), as quoted by the database. */
export function representation(catalog: Catalog, source: string, target: string): string | undefined {
  return catalog.representations.get(source)?.get(target);
}

/** The custom handler of a media type for a relation or function: its own first, then that for any element. */
export function findHandler(catalog: Catalog, target: Qualified, mediaType: string): MediaHandler | undefined {
  const { any, of } = catalog.handlers;
  return of.get(target.schema)?.get(target.name)?.get(mediaType) ?? any.get(mediaType);
}
