import type { Catalog, Column, JsonSchema, Relationship, Table } from '../../../catalog/index.ts';
import { literalDefault } from './literal-default.ts';
import { componentName, isSame, schemaRef } from './names.ts';
import { rowExample, typeExamples } from './row-example.ts';
import { described, nullable, valueSchema } from './value-schemas.ts';

export const rowName = ({ name }: Pick<Table, 'name'>): string => componentName(name);
export const insertName = ({ name }: Pick<Table, 'name'>): string => componentName(name, 'insert');
export const updateName = ({ name }: Pick<Table, 'name'>): string => componentName(name, 'update');

/** A table's row, and what may be sent to insert and to update one. */
export function tableSchemas(
  catalog: Catalog,
  table: Table,
  shown: readonly Table[],
): Readonly<Record<string, JsonSchema>> {
  const columns = [...table.columns.values()];
  const writable = columns.filter((column) => column.writable);
  const required = writable.filter(isRequired).map(({ name }) => name);
  const row = {
    ...objectOf(columns.map((column) => [column.name, columnSchema(catalog, table, column)])),
    required: table.columnNames,
    examples: [rowExample(catalog, columns)],
  };
  const sent = {
    ...objectOf(writable.map((column) => [column.name, columnSchema(catalog, table, column)])),
    examples: [
      rowExample(
        catalog,
        writable.filter(({ identity }) => identity === null),
      ),
    ],
  };
  const embeds = embedSchemas(catalog, table, shown);
  const computed = computedSchemas(catalog, table);
  return {
    [rowName(table)]: described(
      { ...row, properties: { ...embeds, ...computed, ...row.properties } },
      table.description,
    ),
    ...(table.insertable ? { [insertName(table)]: { ...sent, ...(required.length > 0 ? { required } : {}) } } : {}),
    ...(table.updatable ? { [updateName(table)]: sent } : {}),
  };
}

const objectOf = (properties: readonly (readonly [string, JsonSchema])[]) => ({
  type: 'object',
  properties: Object.fromEntries(properties),
});

/** Without it the database refuses the row. */
export const isRequired = (column: Column): boolean =>
  column.writable && !column.nullable && column.default === null && column.identity === null;

export function columnSchema(catalog: Catalog, table: Table, column: Column): JsonSchema {
  const value = column.drizzle?.jsonSchema ?? valueSchema(catalog, column.typeOid);
  const fallback = literalDefault(column);

  const own = {
    ...(column.nullable ? nullable(value) : value),
    ...(column.maxLength === null ? {} : { maxLength: column.maxLength }),
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(column.generated || column.identity === 'always' ? { readOnly: true } : {}),
    ...exampleOf(catalog, column),
    'x-postgres-type': column.nominalType,
  };
  return described(own, columnDescription(table, column));
}

/** Where the type's text says little: not for numbers, whose form everyone knows. */
function exampleOf(catalog: Catalog, { baseTypeOid }: Column): JsonSchema {
  const example = typeExamples[catalog.types.get(baseTypeOid)?.name ?? ''];
  return typeof example === 'string' ? { examples: [example] } : {};
}

function columnDescription(table: Table, column: Column): string {
  const key = table.foreignKeys.find(({ columns }) => columns.length === 1 && columns[0] === column.name);
  const notes = [
    column.description ?? [],
    table.primaryKey.includes(column.name) ? 'Primary key.' : [],
    key ? `References \`${key.references.name}.${key.references.columns[0]}\`.` : [],
    table.softDelete?.column === column.name ? 'Set while the row is deleted.' : [],
    column.default !== null && literalDefault(column) === undefined ? `Defaults to \`${column.default}\`.` : [],
  ];
  return notes.flat().join(' ');
}

function computedSchemas(catalog: Catalog, { computed }: Table): Readonly<Record<string, JsonSchema>> {
  const description = (name: string) => `Computed: selected by name, as in \`select=*,${name}\`.`;
  return Object.fromEntries(
    computed.map(({ name, typeOid }) => [name, described(nullable(valueSchema(catalog, typeOid)), description(name))]),
  );
}

/** How another table can be embedded in a table's rows. */
export interface EmbedChoice {
  /** As written in `select`: the table, with a hint where its name alone is ambiguous. */
  readonly select: string;
  /** The property that it makes. */
  readonly property: string;
  readonly relationship: Relationship;
  /** Its name alone says which relationship is meant. */
  readonly isPlain: boolean;
}

export function embedChoices(catalog: Catalog, table: Table, shown: readonly Table[]): readonly EmbedChoice[] {
  const all = [...(catalog.schemas.get(table.schema)?.relationships.get(table.name)?.get(table.schema) ?? [])];
  const visible = all.filter((one) => shown.some((other) => isSame(other, one.foreignTable)));
  const names = Map.groupBy(visible, property);
  return visible.map((relationship) => {
    const name = property(relationship);
    const isPlain = names.get(name)?.length === 1;
    return { property: name, relationship, isPlain, select: isPlain ? name : `${name}!${hint(relationship)}` };
  });
}

const property = (one: Relationship): string => (one.kind === 'computed' ? one.function.name : one.foreignTable.name);

function hint(one: Relationship): string {
  if (one.kind === 'many-to-many') return one.junction.table.name;
  return one.kind === 'computed' ? one.function.name : one.constraint;
}

function embedSchemas(catalog: Catalog, table: Table, shown: readonly Table[]): Readonly<Record<string, JsonSchema>> {
  const plain = embedChoices(catalog, table, shown).filter(
    ({ isPlain, property: name }) => isPlain && !table.columns.has(name),
  );
  return Object.fromEntries(
    plain.map(({ property: name, relationship, select }) => {
      const row = schemaRef(rowName(relationship.foreignTable));
      const value = relationship.toOne ? { anyOf: [row, { type: 'null' }] } : { type: 'array', items: row };
      return [name, { ...value, description: `Embedded by \`select=*,${select}(*)\`.` }];
    }),
  );
}
