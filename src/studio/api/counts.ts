import { type Catalog, findTable, type Qualified, type Table } from '../../catalog/index.ts';
import { type Driver, qualified } from '../../db/index.ts';
import { HutchError, nearest } from '../../errors/index.ts';
import type { CountSummary } from './shapes.ts';

/** A table of fewer bytes is counted: that takes about as long as asking for its estimate. */
const SMALL = 1_048_576;
/** The same where Postgres has no statistics yet: it takes a fraction of a second. */
const UNKNOWN_SMALL = 32 * SMALL;

/** Rows for each page when statistics were last taken, times the pages of now: as Postgres plans. */
const estimates = `SELECT c.oid::text, pg_relation_size(c.oid)::text, CASE WHEN c.relpages > 0 AND c.reltuples >= 0
  THEN round(c.reltuples / c.relpages * pg_relation_size(c.oid) / current_setting('block_size')::int)::bigint::text END
FROM pg_class c WHERE c.oid = ANY($1::oid[])`;

/** Rows of every table: estimates for large ones, exact counts for small ones, none for views. */
export async function countTables(driver: Driver, catalog: Catalog): Promise<readonly CountSummary[]> {
  const tables = [...catalog.schemas.values()].flatMap((schema) => [...schema.tables.values()]);
  const oids = `{${tables.map((table) => table.oid).join(',')}}`;
  const { rows } = await driver.query({ text: estimates, params: [oids] }, { label: 'studio' });
  const known = new Map(
    rows.map(([oid, bytes, estimate]) => [oid, { bytes: Number(bytes), estimate: estimate ?? null }]),
  );
  const isSmall = (table: Table) => {
    const { bytes = 0, estimate = null } = known.get(String(table.oid)) ?? {};
    return table.kind === 'table' && bytes < (estimate === null ? UNKNOWN_SMALL : SMALL);
  };
  const exact = await exactCounts(driver, tables.filter(isSmall));
  return tables.map(({ oid, schema, name }) => {
    const counted = exact.get(oid);
    if (counted !== undefined) return { schema, table: name, rows: counted, exact: true };
    const estimate = known.get(String(oid))?.estimate ?? null;
    return { schema, table: name, rows: estimate === null ? null : Number(estimate), exact: false };
  });
}

/** Counts one table, however long it takes. @throws HutchError `not_found` */
export async function countTable(driver: Driver, catalog: Catalog, name: Qualified): Promise<CountSummary> {
  const table = tableNamed(catalog, name);
  const counted = await exactCounts(driver, [table]);
  return { schema: table.schema, table: table.name, rows: counted.get(table.oid) ?? null, exact: true };
}

/** @throws HutchError `not_found` with the nearest name */
export function tableNamed(catalog: Catalog, name: Qualified): Table {
  const table = findTable(catalog, name);
  if (table !== undefined) return table;
  const names = catalog.schemas.get(name.schema)?.tableNames ?? [];
  throw notFound(`There is no table ${name.schema}.${name.name}`, 'table', nearest(name.name, names));
}

export const notFound = (details: string, field: string, near: string | undefined): HutchError =>
  new HutchError('not_found', { details, hint: near === undefined ? null : `Did you mean ${near}?`, field });

async function exactCounts(driver: Driver, tables: readonly Table[]): Promise<ReadonlyMap<number, number>> {
  if (tables.length === 0) return new Map();
  const text = tables
    .map((table) => `SELECT '${table.oid}', count(*)::text FROM ${sqlName(table)}`)
    .join(' UNION ALL ');
  const { rows } = await driver.query({ text, prepare: false }, { label: 'studio' });
  return new Map(rows.map(([oid, count]) => [Number(oid), Number(count)]));
}

export const sqlName = ({ schema, name }: Qualified): string => qualified(schema, name);
