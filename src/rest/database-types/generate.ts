import type { Catalog, CompositeType, Schema } from '../../catalog/index.ts';
import { literal, type Member, print, type TypeNode, unionOf } from './print.ts';
import { isCallable, routineType } from './routine-type.ts';
import { tableType } from './table-type.ts';
import { tail } from './tail.ts';
import { valueType } from './value-type.ts';

/**
 * The newest dialect that supabase-js's types tell apart; it decides which of its methods they offer (`maxAffected`, spreads of
 * lists).
 */
const dialect = '14.1';

/**
 * TypeScript text of the `Database` type of all exposed schemas, in the layout of Supabase's own generator: what
 * `createClient<Database>(…)` of supabase-js and `PostgrestClient<Database>` of postgrest-js take.
 */
export function generateTypes(catalog: Catalog): string {
  const schemas = [...catalog.schemas.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const [first] = catalog.schemas.keys();
  const database: TypeNode = [
    ['__InternalSupabase', [['PostgrestVersion', literal(dialect)]]],
    ...schemas.map((schema): Member => [schema.name, schemaType(catalog, schema)]),
  ];
  return [json, `export type Database = ${print(database)}\n`, tail(first ?? 'public'), constants(schemas)].join('\n');
}

const json = `export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[]
`;

function schemaType(catalog: Catalog, schema: Schema): TypeNode {
  const tables = [...schema.tables.values()];
  const typesOf = (isView: boolean) =>
    tables.filter((table) => table.isView === isView).map((table): Member => [table.name, tableType(catalog, table)]);
  const routines = [...schema.routines].flatMap(([name, overloads]): Member[] => {
    const callable = overloads.filter(isCallable);
    return callable.length === 0 ? [] : [[name, routineType(catalog, callable, '      ')]];
  });
  return [
    ['Tables', typesOf(false)],
    ['Views', typesOf(true)],
    ['Functions', routines],
    ['Enums', [...schema.enums.values()].map(({ name, labels }): Member => [name, unionOf(labels)])],
    [
      'CompositeTypes',
      [...schema.composites.values()].map((type): Member => [type.name, compositeType(catalog, type)]),
    ],
  ];
}

const compositeType = (catalog: Catalog, { attributes }: CompositeType): TypeNode =>
  attributes.map(({ name, typeOid }): Member => [name, `${valueType(catalog, typeOid)} | null`]);

/** Labels of enums as values, for lists in forms and the like. */
function constants(schemas: readonly Schema[]): string {
  const labels = ({ enums }: Schema) =>
    [...enums.values()].map(({ name, labels: own }): Member => [name, `[${own.map(literal).join(', ')}]`]);
  const members = schemas.map((schema) => `  ${literal(schema.name)}: ${enumConstants(labels(schema))},`);
  return `export const Constants = {\n${members.join('\n')}\n} as const\n`;
}

function enumConstants(members: readonly Member[]): string {
  if (members.length === 0) return '{\n    Enums: {},\n  }';
  const lines = members.map(([name, labels]) => `      ${literal(name)}: ${print(labels)},`);
  return `{\n    Enums: {\n${lines.join('\n')}\n    },\n  }`;
}
