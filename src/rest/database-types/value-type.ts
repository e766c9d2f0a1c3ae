import type { Catalog, Type } from '../../catalog/index.ts';
import { arrayOf, literal } from './print.ts';

/** What Postgres writes as something other than a string in JSON. */
const plain: { readonly [name: string]: string } = {
  bool: 'boolean',
  int2: 'number',
  int4: 'number',
  int8: 'number',
  float4: 'number',
  float8: 'number',
  numeric: 'number',
  oid: 'number',
  json: 'Json',
  jsonb: 'Json',
  void: 'undefined',
  record: 'Record<string, unknown>',
  anyelement: 'unknown',
  geometry: 'Json',
};

/** The TypeScript type of a value that the API writes. */
export function valueType(catalog: Catalog, oid: number): string {
  const type = catalog.types.get(oid);
  if (!type) return 'unknown';
  if (type.kind === 'array') return arrayOf(valueType(catalog, type.element));
  if (type.kind === 'domain') return valueType(catalog, type.over);
  return namedType(catalog, type) ?? plain[type.name] ?? (type.kind === 'pseudo' ? 'unknown' : 'string');
}

function namedType(catalog: Catalog, { kind, schema, name }: Type): string | undefined {
  const exposed = catalog.schemas.get(schema);
  const table = exposed?.tables.get(name);
  if (kind === 'enum') return exposed ? path(schema, 'Enums', name) : labelsOf(catalog, schema, name);
  if (kind === 'composite') return exposed ? path(schema, 'CompositeTypes', name) : 'Record<string, unknown>';
  if (kind !== 'row') return undefined;
  return table ? `${path(schema, table.isView ? 'Views' : 'Tables', name)}["Row"]` : 'Record<string, unknown>';
}

const path = (...keys: readonly string[]): string => `Database${keys.map((key) => `[${literal(key)}]`).join('')}`;

/** An enum of a schema that is not exposed has no name in the types. */
function labelsOf(catalog: Catalog, schema: string, name: string): string {
  const found = [...catalog.types.values()].find((type) => type.schema === schema && type.name === name);
  return found?.kind === 'enum' ? found.labels.map(literal).join(' | ') : 'string';
}
