import type { Catalog, Qualified, Table } from '../../catalog/index.ts';
import { DatabaseError, type Driver, identifier, type Result } from '../../db/index.ts';
import { type HutchError, nearest } from '../../errors/index.ts';
import { notFound, sqlName, tableNamed } from './counts.ts';
import type { ColumnStats } from './shapes.ts';

/** A table of more bytes is looked at in a sample of about so many: 50,000 to 100,000 short rows, a fifth of a second. */
const SAMPLE = 4 * 1_048_576;
/** Rows of what has no pages to sample, such as a view. */
const ROWS = 100_000;
/** Most common values that are told. */
const COMMON = 10;
/** Characters of a value that are told. */
const LONGEST = 200;

export interface ColumnRequest {
  readonly table: Qualified;
  readonly column: string;
  /** Every row, however long it takes. */
  readonly all: boolean;
}

/** What a column holds, by its own rows or by a sample of them. @throws HutchError `not_found` with the nearest name */
export async function columnStats(driver: Driver, catalog: Catalog, wanted: ColumnRequest): Promise<ColumnStats> {
  const table = tableNamed(catalog, wanted.table);
  if (!table.columns.has(wanted.column)) throw noColumn(table, wanted.column);
  const source = wanted.all ? whole(table) : await sampleOf(driver, table);
  const ask = (value: string, ordered: boolean) => run(driver, statsSql(source.sql, value, ordered));
  const value = identifier(wanted.column);
  const result = await ask(value, true).catch((error: unknown) => {
    if (error instanceof DatabaseError && error.code === NO_OPERATOR) return ask(`${value}::text`, false);
    throw error;
  });
  const [rows, nulls, distinct, smallest, largest, common] = result.rows[0] ?? [];
  return {
    rows: Number(rows),
    sampled: source.sampled(Number(rows)),
    nulls: Number(nulls),
    distinct: Number(distinct),
    smallest: smallest ?? null,
    largest: largest ?? null,
    common: JSON.parse(common ?? '[]'),
  };
}

/** A type that cannot be ordered or compared, as `json` or `point`: SQLSTATE undefined_function. */
const NO_OPERATOR = '42883';

const noColumn = ({ schema, name, columns }: Table, column: string): HutchError =>
  notFound(`There is no column ${column} in ${schema}.${name}`, 'column', nearest(column, columns.keys()));

/** Partitions have the pages, their parent has none. */
const size = `SELECT coalesce((SELECT sum(pg_relation_size(relid)) FROM pg_partition_tree($1::oid::regclass)), pg_relation_size($1::oid))::text`;

interface Source {
  readonly sql: string;
  /** Whether so many rows are not all there are. */
  sampled(rows: number): boolean;
}

const whole = (table: Table): Source => ({ sql: sqlName(table), sampled: () => false });

async function sampleOf(driver: Driver, table: Table): Promise<Source> {
  const name = sqlName(table);
  if (table.kind === 'view' || table.kind === 'foreign table')
    return { sql: `(SELECT * FROM ${name} LIMIT ${ROWS}) first_rows`, sampled: (found) => found === ROWS };
  const { rows } = await driver.query({ text: size, params: [String(table.oid)] }, { label: 'studio' });
  const bytes = Number(rows[0]?.[0] ?? 0);
  if (bytes <= SAMPLE) return whole(table);
  const percent = ((SAMPLE / bytes) * 100).toFixed(6);
  return { sql: `${name} TABLESAMPLE SYSTEM (${percent}) REPEATABLE (1)`, sampled: () => true };
}

async function run(driver: Driver, text: string): Promise<Result> {
  const [result] = await driver.batch([{ text, prepare: false }], { readOnly: true, label: 'studio' });
  if (result === undefined) throw new TypeError('a batch has a result for each statement');
  return result;
}

const statsSql = (source: string, value: string, ordered: boolean): string => {
  const end = (direction: string) =>
    ordered
      ? `(SELECT left(v::text, ${LONGEST}) FROM found WHERE v IS NOT NULL ORDER BY v ${direction} LIMIT 1)`
      : 'NULL';
  return `WITH found AS MATERIALIZED (SELECT ${value} AS v, count(*) AS n FROM ${source} GROUP BY 1),
common AS (SELECT left(v::text, ${LONGEST}) AS value, n FROM found WHERE v IS NOT NULL AND n > 1 ORDER BY n DESC, v LIMIT ${COMMON})
SELECT coalesce(sum(n), 0), coalesce(sum(n) FILTER (WHERE v IS NULL), 0), count(v), ${end('ASC')}, ${end('DESC')},
  (SELECT json_agg(json_build_object('value', value, 'rows', n) ORDER BY n DESC, value) FROM common)
FROM found`;
};
