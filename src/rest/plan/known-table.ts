import { type Catalog, findTable, type Table } from '../../catalog/index.ts';
import { FuzzySet } from '../errors/fuzzy-set.ts';
import { noTable } from '../errors/schema-errors.ts';
import type { Qualified } from './types.ts';

/** Above this many tables a schema gets no hints: the set of their names would weigh more than it helps. */
const MAX_HINTED_TABLES = 500;

/** The table of that name, or PGRST205 with the nearest one. */
export function knownTable(catalog: Catalog, name: Qualified): Table {
  const table = findTable(catalog, name);
  if (table === undefined) throw noTable(name.schema, name.name, fuzzyNames(catalog, name.schema));
  return table;
}

function fuzzyNames(catalog: Catalog, schema: string): FuzzySet | undefined {
  const names = catalog.schemas.get(schema)?.tableNames ?? [];
  return names.length === 0 || names.length >= MAX_HINTED_TABLES ? undefined : FuzzySet.of(names);
}
