import type { Catalog, JsonSchema, Type } from '../../../catalog/index.ts';
import { componentName, schemaRef } from './names.ts';

/** How Postgres writes its own types in JSON. */
const plain: { readonly [type: string]: JsonSchema } = {
  bool: { type: 'boolean' },
  int2: { type: 'integer', format: 'int32', minimum: -32768, maximum: 32767 },
  int4: { type: 'integer', format: 'int32' },
  int8: { type: 'integer', format: 'int64' },
  oid: { type: 'integer', format: 'int64' },
  float4: { type: 'number', format: 'float' },
  float8: { type: 'number', format: 'double' },
  numeric: { type: 'number' },
  json: {},
  jsonb: {},
  uuid: { type: 'string', format: 'uuid' },
  date: { type: 'string', format: 'date' },
  timestamptz: { type: 'string', format: 'date-time' },
  bytea: { type: 'string', description: 'Bytes in hexadecimal, after `\\x`.' },
  geometry: {
    type: ['object', 'string'],
    description: 'GeoJSON; may also be sent as WKT, such as `SRID=4326;POINT(1 2)`.',
  },
  geography: { type: 'string', description: 'WKB in hexadecimal; may also be sent as WKT, such as `POINT(1 2)`.' },
};

/** The JSON Schema of a type: enums and composite types by reference to their own component. */
export function valueSchema(catalog: Catalog, oid: number): JsonSchema {
  const type = catalog.types.get(oid);
  if (!type) return {};
  if (type.kind === 'array') return { type: 'array', items: nullable(valueSchema(catalog, type.element)) };
  if (type.kind === 'domain') return valueSchema(catalog, type.over);
  if (type.kind === 'enum' || type.kind === 'composite') return schemaRef(typeName(type));
  if (type.kind === 'row')
    return catalog.schemas.get(type.schema)?.tables.has(type.name) ? schemaRef(componentName(type.name)) : {};
  if (type.name === 'void' || type.name === 'record') return {};
  return Object.hasOwn(plain, type.name) ? (plain[type.name] ?? {}) : { type: 'string' };
}

export const typeName = ({ schema, name }: Type): string => componentName('type', schema, name);

/** The components of enums and composite types that the catalog knows. */
export function typeSchemas(catalog: Catalog): Readonly<Record<string, JsonSchema>> {
  const own = [...catalog.types.values()].flatMap((type): [string, JsonSchema][] => {
    const schema = typeSchema(catalog, type);
    return schema ? [[typeName(type), described(schema, type.description)]] : [];
  });
  return Object.fromEntries(own);
}

function typeSchema(catalog: Catalog, type: Type): JsonSchema | undefined {
  if (type.kind === 'enum') return { type: 'string', enum: type.labels };
  if (type.kind !== 'composite') return undefined;
  const attributes = type.attributes.map(({ name, typeOid }) => [name, nullable(valueSchema(catalog, typeOid))]);
  return { type: 'object', properties: Object.fromEntries(attributes) };
}

export const described = (schema: JsonSchema, description: string | null | undefined): JsonSchema =>
  description ? { ...schema, description } : schema;

/** The same or null. A schema that says nothing allows null already. */
export function nullable(schema: JsonSchema): JsonSchema {
  const { type, enum: values } = schema;
  if (Object.keys(schema).length === 0) return schema;
  if (typeof type !== 'string') return { anyOf: [schema, { type: 'null' }] };
  return { ...schema, type: [type, 'null'], ...(Array.isArray(values) ? { enum: [...values, null] } : {}) };
}
