import { plain } from '../plan/resolve.ts';
import type {
  CallStatementPlan,
  MutationStatementPlan,
  ReadStatementPlan,
  SelectField,
  StatementPlan,
  Value,
} from '../plan/types.ts';
import { callSql } from './call.ts';
import { bodySql, SHOWN } from './handler.ts';
import { mutationSql } from './mutation.ts';
import { countSql, readSql, withoutEmbeds } from './read.ts';
import { Parameters, quoteName, quoteText } from './sql.ts';

/** SQL and where its parameters come from: one for each shape of request. */
export interface Template {
  readonly text: string;
  readonly values: readonly Value[];
  /** Others of its shape will come: worth a prepared statement. */
  readonly recurring: boolean;
}

/** What a plan runs: the statement, and for a planned count the EXPLAIN that estimates it. */
export interface Compiled {
  readonly main: Template;
  readonly estimate: Template | null;
}

/** The columns of the main statement's only row, in this order, which the dialect's plans show. */
export const COLUMNS = { total: 0, page: 1, body: 2, headers: 3, status: 4, inserted: 5, cursor: 6 } as const;

/** What stands third where something is written: the key of what was inserted. The others are one further on. */
export const LOCATION = { name: 'header', index: 2 } as const;

/** Total: whatever a plan says has its SQL. */
export function compile(plan: StatementPlan): Compiled {
  const main = template((params) => explained(plan, statementSql(plan, params)), isRecurring(plan));
  const estimated = plan.kind === 'read' && (plan.count === 'planned' || plan.count === 'estimated');
  return { main, estimate: estimated && plan.explain === null ? estimateOf(plan) : null };
}

/** A merge patch's statement names the patch's own keys. */
function isRecurring(plan: StatementPlan): boolean {
  return !(plan.kind === 'mutation' && plan.mutation.kind === 'update' && plan.mutation.merges.length > 0);
}

function template(write: (params: Parameters) => string, recurring = true): Template {
  const params = new Parameters();
  const text = write(params);
  return Object.freeze({ text, values: Object.freeze(params.values), recurring });
}

/** A read's rows without its order and range: nobody asks for the same twice. */
export const rowsOf = (plan: ReadStatementPlan): Template =>
  template((params) => readSql({ ...plan.read, order: [], range: null }, params), false);

const estimateOf = (plan: ReadStatementPlan): Template =>
  template((params) => `EXPLAIN (FORMAT JSON) ${countSql(plan.read, params)}`);

function explained(plan: StatementPlan, sql: string): string {
  if (plan.explain === null) return sql;
  const options = plan.explain.options.map((option) => option.toUpperCase());
  return `EXPLAIN (${[`FORMAT ${plan.explain.format.toUpperCase()}`, ...options].join(', ')}) ${sql}`;
}

function statementSql(plan: StatementPlan, params: Parameters): string {
  switch (plan.kind) {
    case 'read':
      return readStatement(plan, params);
    case 'mutation':
      return mutationStatement(plan, params);
    case 'call':
      return callStatement(plan, params);
  }
}

const PAGE_COUNT = `pg_catalog.count(${SHOWN})`;

function readStatement(plan: ReadStatementPlan, params: Parameters): string {
  const source = `WITH pgrst_source AS (${readSql(plan.read, params)})`;
  // what of a row nobody looks at is not computed then: a HEAD counts by an index alone. Plans show it as the dialect has it
  const page = plan.explain === null ? 'pg_catalog.count(*)' : PAGE_COUNT;
  const count = counted(plan, page, params);
  const columns = outcome({
    ...count,
    page,
    body: bodySql(plan.handler, null, () => 'SELECT * FROM pgrst_source'),
    cursor: cursorSql(plan, params),
  });
  return `${source}${count.cte} SELECT ${columns} FROM (SELECT * FROM pgrst_source) ${SHOWN}`;
}

/** The last row of a full page, by the columns of its order; asked apart, for the page itself need not show them. */
function cursorSql(plan: ReadStatementPlan, params: Parameters): string | undefined {
  const { limit } = plan.read.range ?? { limit: null };
  if (plan.cursor === null || limit === null) return undefined;
  const keys = plan.cursor.fields.map((field, i) => ({ ...plain(field), cast: 'text', alias: `pgrst_key_${i}` }));
  const { read } = plan;
  const page = readSql(read.page === null ? { ...read, select: keys } : withoutEmbeds(read, keys), params);
  const before =
    limit.from === 'text' ? Math.max(0, Number(limit.text) - 1) : params.add({ from: 'last-row', max: plan.maxRows });
  const values = keys.map((key) => quoteName(key.alias)).join(', ');
  return `(SELECT json_build_array(${values}) FROM (${page}) pgrst_last LIMIT 1 OFFSET ${before})`;
}

function callStatement(plan: CallStatementPlan, params: Parameters): string {
  const source = `WITH pgrst_source AS (${callSql(plan.call, params)})`;
  const page = plan.call.single ? '1' : PAGE_COUNT;
  const count = counted(plan, page, params);
  const columns = outcome({
    ...count,
    page: guarded(plan, page, params),
    body: bodySql(plan.handler, plan.call, () => readSql(plan.read, params)),
  });
  return `${source}${count.cte} SELECT ${columns} FROM (${readSql(plan.read, params)}) ${SHOWN}`;
}

function mutationStatement(plan: MutationStatementPlan, params: Parameters): string {
  const source = `WITH pgrst_source AS (${mutationSql(plan.mutation, params)})`;
  const columns = outcome({
    total: "''",
    page: guarded(plan, PAGE_COUNT, params),
    location: locationSql(plan),
    body: bodySql(plan.handler, null, () => readSql(plan.read, params)),
    inserted: insertedSql(plan),
  });
  // without a representation `select=` may name what was not returned
  const shown = plan.handler.kind === 'none' ? 'SELECT * FROM pgrst_source' : readSql(plan.read, params);
  return `${source} SELECT ${columns} FROM (${shown}) ${SHOWN}`;
}

interface Outcome {
  readonly total: string;
  readonly page: string;
  readonly body: string;
  readonly location?: string;
  readonly inserted?: string;
  readonly cursor?: string;
}

function outcome({ total, page, location, body, inserted, cursor }: Outcome): string {
  return [
    `${total} AS total_result_set`,
    `${page} AS page_total`,
    ...(location === undefined ? [] : [`${location} AS ${LOCATION.name}`]),
    `${body} AS body`,
    `${setting('response.headers')} AS response_headers`,
    `${setting('response.status')} AS response_status`,
    `${inserted ?? "''"} AS response_inserted`,
    ...(cursor === undefined ? [] : [`${cursor} AS cursor`]),
  ].join(', ');
}

const setting = (name: string): string => `nullif(current_setting('${name}', true), '')`;

/**
 * The total beside the page: a count of its own where the page is only a part, and never a window over the page. An estimate
 * needs no more than to know that `db-max-rows` was passed.
 */
function counted(
  plan: ReadStatementPlan | CallStatementPlan,
  page: string,
  params: Parameters,
): { readonly cte: string; readonly total: string } {
  if (plan.count !== 'exact' && plan.count !== 'estimated') return { cte: '', total: 'null::bigint' };
  if (plan.maxRows === null && plan.read.range === null) return { cte: '', total: page };
  const capped = plan.kind === 'read' && plan.count === 'estimated' && plan.maxRows !== null;
  const limit = capped ? ` LIMIT ${plan.maxRows + 1}` : '';
  const cte = `, pgrst_source_count AS (${countSql(plan.read, params)}${limit})`;
  return { cte, total: '(SELECT pg_catalog.count(*) FROM pgrst_source_count)' };
}

function insertedSql(plan: MutationStatementPlan): string {
  const counts = plan.mutation.kind === 'insert' && (plan.mutation.put.length > 0 || plan.mutation.countInserted);
  return counts ? `${setting('pgrst.inserted')}::int` : "''";
}

/** The key of the one row that was inserted, as JSON pairs; where none is wanted, what the dialect's plans show. */
function locationSql(plan: MutationStatementPlan): string {
  if (!plan.location || plan.mutation.kind !== 'insert') return NO_LOCATION;
  const keys = plan.mutation.keys.map(quoteText).join(', ');
  const data = 'WITH data AS (SELECT row_to_json(_) AS row FROM pgrst_source AS _ LIMIT 1)';
  const pair = "json_build_array(json_data.key, coalesce('eq.' || json_data.value, 'is.null'))";
  const from = 'FROM data CROSS JOIN json_each_text(data.row) AS json_data';
  const pairs = `(${data} SELECT json_agg(${pair}) ${from} WHERE json_data.key IN (${keys === '' ? "''" : keys}))`;
  return `CASE WHEN ${PAGE_COUNT} = 1 THEN ${pairs} END`;
}

const NO_LOCATION = 'array[]::text[]';

/** Marks the errors that guards raise; unguessable, so that no value of a request can look like one. */
export const GUARD_MARK = `guard-${crypto.randomUUID()}`;

const WRITTEN = '(SELECT pg_catalog.count(*) FROM pgrst_source)';
const isAggregate = ({ aggregate }: SelectField): boolean => aggregate !== null;

/**
 * A condition on the number of rows that must roll everything back when it does not hold, checked inside the statement: it
 * stays one round trip. The text can't be cast to a number, which is the error; its message says which guard, and the count. A
 * plan that is only explained is shown as it would be without.
 */
function guarded(plan: MutationStatementPlan | CallStatementPlan, page: string, params: Parameters): string {
  if (plan.explain !== null) return page;
  const { exactlyOne, maxAffected } = plan.guard;
  const broken = (what: string) => `('${GUARD_MARK}:${what}:' || ${page})::bigint`;
  // an aggregate shows one row of however many were written
  const rows = exactlyOne === 'put' && plan.read.select.some(isAggregate) ? WRITTEN : page;
  const one = exactlyOne === null ? '' : ` WHEN ${rows} <> 1 THEN ${broken(exactlyOne)}`;
  const most = maxAffected === null ? '' : ` WHEN ${page} > ${params.add(maxAffected)} THEN ${broken('max-affected')}`;
  return one === '' && most === '' ? page : `CASE${one}${most} ELSE ${page} END`;
}
