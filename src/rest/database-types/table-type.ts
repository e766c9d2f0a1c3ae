import type { Catalog, Column, Relationship, Table } from '../../catalog/index.ts';
import { literal, type Member, type TypeNode, unionOf } from './print.ts';
import { valueType } from './value-type.ts';

/** `Row`, `Insert`, `Update`, `Relationships` of a table or view, as supabase-js reads them. */
export function tableType(catalog: Catalog, table: Table): TypeNode {
  const columns = [...table.columns.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const { computed } = table;
  const row = [
    ...columns.map((column) => rowMember(catalog, column)),
    ...computed.map((field): Member => [field.name, `${valueType(catalog, field.typeOid)} | null`]),
  ];
  return [
    ['Row', row],
    ...(computed.length === 0 ? [] : [['ComputedFields', unionOf(computed.map(({ name }) => name))] satisfies Member]),
    ...(!table.isView || table.insertable
      ? [['Insert', columns.map((column) => sentMember(catalog, table, column, 'insert'))] satisfies Member]
      : []),
    ...(!table.isView || table.updatable
      ? [['Update', columns.map((column) => sentMember(catalog, table, column, 'update'))] satisfies Member]
      : []),
    ['Relationships', relationships(catalog, table)],
  ];
}

const orNull = (type: string, nullable: boolean): string => (nullable ? `${type} | null` : type);

const rowMember = (catalog: Catalog, { name, typeOid, nullable }: Column): Member => [
  name,
  orNull(valueType(catalog, typeOid), nullable),
];

/** What the database fills in itself may not be sent; what has a default need not be. */
function sentMember(catalog: Catalog, table: Table, column: Column, purpose: 'insert' | 'update'): Member {
  if (!column.writable) return [column.name, 'never', 'optional'];
  const type = orNull(valueType(catalog, column.typeOid), column.nullable);
  const isOptional =
    purpose === 'update' || table.isView || column.nullable || column.default !== null || column.identity !== null;
  return isOptional ? [column.name, type, 'optional'] : [column.name, type];
}

/** Those from here to tables and views of the same schema. */
function relationships(catalog: Catalog, table: Table): string {
  const all = catalog.schemas.get(table.schema)?.relationships.get(table.name)?.get(table.schema) ?? [];
  const entries = all.flatMap(relationshipEntry);
  return entries.length === 0 ? '[]' : `[\n${entries.join('\n')}\n        ]`;
}

function relationshipEntry(one: Relationship): readonly string[] {
  if (one.kind !== 'many-to-one' && (one.kind !== 'one-to-one' || one.isParent)) return [];
  const list = (names: readonly string[]) => `[${names.map(literal).join(', ')}]`;
  const fields = [
    `foreignKeyName: ${literal(one.constraint)}`,
    `columns: ${list(one.columns.map(([here]) => here))}`,
    `isOneToOne: ${one.kind === 'one-to-one'}`,
    `referencedRelation: ${literal(one.foreignTable.name)}`,
    `referencedColumns: ${list(one.columns.map(([, there]) => there))}`,
  ];
  return [`          {\n${fields.map((field) => `            ${field}`).join('\n')}\n          },`];
}
