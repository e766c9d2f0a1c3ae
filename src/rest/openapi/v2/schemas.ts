import { type Catalog, type Column, type Routine, relationshipsOf, type Table } from '../../../catalog/index.ts';
import type { SwaggerSchema } from './types.ts';

const types: { readonly [type: string]: string | undefined } = {
  'character varying': 'string',
  character: 'string',
  text: 'string',
  boolean: 'boolean',
  smallint: 'integer',
  integer: 'integer',
  bigint: 'integer',
  numeric: 'number',
  real: 'number',
  'double precision': 'number',
  // JSON can be anything, which Swagger says by not saying a type.
  json: undefined,
  jsonb: undefined,
};

export function swaggerType(type: string): string | undefined {
  if (Object.hasOwn(types, type)) return types[type];
  return type.endsWith('[]') ? 'array' : 'string';
}

export function swaggerFormat(type: string): string {
  if (type === 'smallint' || type === 'integer') return 'int32';
  return type === 'bigint' ? 'int64' : type;
}

export const elementType = (arrayType: string): string => arrayType.slice(0, -2);

const typed = (type: string | undefined): SwaggerSchema => (type === undefined ? {} : { type });

/** Type, format, and for arrays the type of their elements. */
export function valueSchema(type: string): SwaggerSchema {
  const isArray = swaggerType(type) === 'array';
  return {
    format: swaggerFormat(type),
    ...typed(swaggerType(type)),
    ...(isArray ? { items: typed(swaggerType(elementType(type))) } : {}),
  };
}

export function tableSchema(catalog: Catalog, table: Table): SwaggerSchema {
  const columns = [...table.columns.values()];
  return objectSchema(
    table.description,
    columns.map((column) => [column.name, columnSchema(catalog, table, column)]),
    columns.filter(({ nullable }) => !nullable).map(({ name }) => name),
  );
}

export function argumentsSchema({ description, parameters }: Routine): SwaggerSchema {
  return objectSchema(
    description,
    parameters.map(({ name, type }) => [name, valueSchema(type)]),
    parameters.filter(({ required }) => required).map(({ name }) => name),
  );
}

/** Empty lists are left out, as the dialect's own encoder does. */
function objectSchema(
  description: string | null,
  properties: readonly (readonly [string, SwaggerSchema])[],
  required: readonly string[],
): SwaggerSchema {
  return {
    ...(description === null ? {} : { description }),
    ...(required.length === 0 ? {} : { required }),
    ...(properties.length === 0 ? {} : { properties: Object.fromEntries(properties) }),
    type: 'object',
  };
}

function columnSchema(catalog: Catalog, table: Table, column: Column): SwaggerSchema {
  const description = columnDescription(catalog, table, column);
  const fallback = column.default === null ? undefined : defaultValue(column.type, column.default);
  return {
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(description === null ? {} : { description }),
    ...(column.enum.length === 0 ? {} : { enum: column.enum }),
    ...(column.maxLength === null ? {} : { maxLength: column.maxLength }),
    ...valueSchema(column.type),
  };
}

function columnDescription(catalog: Catalog, table: Table, column: Column): string | null {
  const notes = [
    ...(table.primaryKey.includes(column.name) ? ['This is a Primary Key.<pk/>'] : []),
    ...foreignKeyNote(catalog, table, column.name),
  ];
  if (notes.length === 0) return column.description;
  const own = column.description === null ? '' : `${column.description}\n\n`;
  return `${own}${['Note:', ...notes].join('\n')}`;
}

/** Of the first foreign key of this column alone; one to a table goes before one to a view. */
function foreignKeyNote(catalog: Catalog, table: Table, column: string): readonly string[] {
  const keys = relationshipsOf(catalog, table, table.schema).flatMap((one) =>
    (one.kind === 'many-to-one' || (one.kind === 'one-to-one' && !one.isParent)) && one.columns.length === 1
      ? [one]
      : [],
  );
  const own = keys.filter(({ columns }) => columns[0]?.[0] === column);
  const key = own.find(({ foreignTableIsView }) => !foreignTableIsView) ?? own[0];
  const target = key?.columns[0]?.[1];
  if (!key || target === undefined) return [];
  const name = key.foreignTable.name;
  return [`This is a Foreign Key to \`${name}.${target}\`.<fk table='${name}' column='${target}'/>`];
}

/** A literal default as JSON; undefined where it is an expression. Texts lose their quotes and their cast. */
function defaultValue(type: string, expression: string): unknown {
  const cast = `::${type}`;
  const text = expression.endsWith(cast) ? expression.slice(0, -cast.length).replace(/^'+|'+$/g, '') : expression;
  try {
    return JSON.parse(swaggerType(type) === 'string' ? `"${text}"` : expression);
  } catch {
    return undefined;
  }
}
