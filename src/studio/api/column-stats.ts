import type { Catalog, Qualified, Table } from '../../catalog/index.ts';
import {
  DatabaseError,
  type Driver,
  identifier,
  type Result,
  type Statement,
  type TransactionOptions,
} from '../../db/index.ts';
import { HutchError, nearest } from '../../errors/index.ts';
import { notFound, sqlName, tableNamed } from './counts.ts';
import type { ColumnStats } from './shapes.ts';

/** A table of more bytes is looked at in a sample of about so many: 50,000 to 100,000 short rows, a fifth of a second. */
const SAMPLE = 4 * 1_048_576;
/** Rows of what has no pages to sample: a view, or what a filter lets through. */
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
  /** Only these rows of the table: a statement of which each row has the column. */
  readonly rows?: Statement;
  /** As whom they are read; absent: as the driver's own role. */
  readonly actor?: TransactionOptions['actor'];
  readonly signal?: AbortSignal;
}

/** What a column holds, by its own rows or by a sample of them. @throws HutchError `not_found` with the nearest name */
export async function columnStats(driver: Driver, catalog: Catalog, wanted: ColumnRequest): Promise<ColumnStats> {
  const table = tableNamed(catalog, wanted.table);
  if (!table.columns.has(wanted.column)) throw noColumn(table, wanted.column);
  const source = await sourceOf(driver, table, wanted);
  const ask = (value: string, ordered: boolean) => run(driver, statsSql(source.sql, value, ordered), source, wanted);
  const value = identifier(wanted.column);
  const result = await ask(value, true)
    .catch((error: unknown) => {
      if (error instanceof DatabaseError && error.code === NO_OPERATOR) return ask(`${value}::text`, false);
      throw error;
    })
    .catch((error: unknown) => {
      throw asMistake(error);
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

/** What the conditions or the role ask for that Postgres refuses (SQLSTATE classes of data and of names) is the request's mistake. */
const asMistake = (error: unknown): unknown =>
  error instanceof DatabaseError && /^(22|42)/.test(error.code)
    ? new HutchError('studio_request_invalid', { details: error.message })
    : error;

const noColumn = ({ schema, name, columns }: Table, column: string): HutchError =>
  notFound(`There is no column ${column} in ${schema}.${name}`, 'column', nearest(column, columns.keys()));

/** Partitions have the pages, their parent has none. */
const size = `SELECT coalesce((SELECT sum(pg_relation_size(relid)) FROM pg_partition_tree($1::oid::regclass)), pg_relation_size($1::oid))::text`;

interface Source {
  readonly sql: string;
  readonly params?: Statement['params'];
  /** Whether so many rows are not all there are. */
  sampled(rows: number): boolean;
}

const whole = (sql: string, params?: Statement['params']): Source => ({ sql, params, sampled: () => false });

const firstOf = (sql: string, params?: Statement['params']): Source => ({
  sql: `(${sql} LIMIT ${ROWS}) first_rows`,
  params,
  sampled: (found) => found === ROWS,
});

async function sourceOf(driver: Driver, table: Table, { all, rows }: ColumnRequest): Promise<Source> {
  const name = sqlName(table);
  if (rows !== undefined) return all ? whole(`(${rows.text}) filtered`, rows.params) : firstOf(rows.text, rows.params);
  if (all) return whole(name);
  if (table.kind === 'view' || table.kind === 'foreign table') return firstOf(`SELECT * FROM ${name}`);
  const found = await driver.query({ text: size, params: [String(table.oid)] }, { label: 'studio' });
  const bytes = Number(found.rows[0]?.[0] ?? 0);
  if (bytes <= SAMPLE) return whole(name);
  const percent = ((SAMPLE / bytes) * 100).toFixed(6);
  return { sql: `${name} TABLESAMPLE SYSTEM (${percent}) REPEATABLE (1)`, sampled: () => true };
}

async function run(
  driver: Driver,
  text: string,
  { params }: Source,
  { actor, signal }: ColumnRequest,
): Promise<Result> {
  const options = { readOnly: true, label: 'studio', actor, signal };
  const [result] = await driver.batch([{ text, params, prepare: false }], options);
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
