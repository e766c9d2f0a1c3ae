import type { ColumnPair, Relationship, Schema } from '../types.ts';

/** One line for a relationship: `films.director_id > directors.id (films_director_id_fkey) many-to-one`. */
export function describeRelationship(one: Relationship): string {
  if (one.kind === 'computed') {
    return `${one.table.name} > ${one.foreignTable.name} by ${one.function.name}${one.toOne ? ' to one' : ''}`;
  }
  if (one.kind === 'many-to-many') {
    const { table, constraint1, constraint2, sourceColumns, targetColumns } = one.junction;
    const through = `${columns(sourceColumns)} > ${table.name} < ${columns(targetColumns)}`;
    return `${one.table.name} > ${one.foreignTable.name} through ${through} (${constraint1}, ${constraint2})`;
  }
  const parent = one.isParent && one.kind === 'one-to-one' ? ' parent' : '';
  const self = one.isSelf ? ' self' : '';
  return `${one.table.name} > ${one.foreignTable.name} ${columns(one.columns)} (${one.constraint}) ${one.kind}${parent}${self}`;
}

const columns = (pairs: readonly ColumnPair[]): string => pairs.map((pair) => pair.join('=')).join(',');

/** All relationships from a table, to any schema. */
export function relationshipsFrom(schema: Schema, table: string): readonly string[] {
  return [...(schema.relationships.get(table)?.values() ?? [])].flat().map(describeRelationship);
}
