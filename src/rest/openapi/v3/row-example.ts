import type { Catalog, Column } from '../../../catalog/index.ts';
import { literalDefault } from './literal-default.ts';

/** Believable values for types, by the name under which Postgres keeps them. */
export const typeExamples: { readonly [type: string]: unknown } = {
  bool: true,
  int2: 1,
  int4: 1,
  int8: 1,
  float4: 1.5,
  float8: 1.5,
  numeric: 9.9,
  uuid: '3f8d0f5e-6c0c-4b0e-9a41-7d2f5f0a8c11',
  date: '2026-11-21',
  timestamptz: '2026-11-21T09:30:00+00:00',
  timestamp: '2026-11-21T09:30:00',
  time: '09:30:00',
  interval: '1 day 02:00:00',
  int4range: '[1,10)',
  tstzrange: '["2026-11-21 09:00:00+00","2026-11-21 10:00:00+00")',
  inet: '192.168.0.1',
  bytea: '\\x68690a',
  json: {},
  jsonb: {},
  geometry: { type: 'Point', coordinates: [1, 2] },
  geography: '0101000020E6100000000000000000F03F0000000000000040',
};

/** A row with these columns, as the API would write it: defaults where they are literals. */
export function rowExample(catalog: Catalog, columns: readonly Column[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(columns.map((column) => [column.name, valueExample(catalog, column)]));
}

function valueExample(catalog: Catalog, column: Column): unknown {
  const fallback = literalDefault(column);
  if (fallback !== undefined) return fallback;
  if (column.isArray) return [];
  if (column.isComposite) return null;
  const [label] = column.enum;
  if (label !== undefined) return label;
  const type = catalog.types.get(column.baseTypeOid)?.name ?? '';
  return Object.hasOwn(typeExamples, type) ? typeExamples[type] : 'text'.slice(0, column.maxLength ?? 4);
}
