import { parameter } from '../compile/bind.ts';
import { callSql } from '../compile/call.ts';
import { countSql, readSql } from '../compile/read.ts';
import { Parameters, quoteText } from '../compile/sql.ts';
import type { ApiRequest } from '../parse/types.ts';
import type { Value } from '../plan/types.ts';
import type { StreamedPlan } from './streamed.ts';

/** COPY takes no parameters: values stand in its text, quoted as constants. They have the type of their place all the same. */
class Constants extends Parameters {
  readonly #request: ApiRequest;

  constructor(request: ApiRequest) {
    super();
    this.#request = request;
  }

  override add(value: Value): string {
    const bound = parameter(value, this.#request);
    if (bound === null) return 'NULL';
    return typeof bound === 'string' ? quoteText(bound) : `'\\x${Buffer.from(bound).toString('hex')}'::bytea`;
  }
}

/** The rows of a plan as a query of its own. */
function rowsSql(plan: StreamedPlan, params: Parameters): string {
  const source = plan.kind === 'call' ? `WITH pgrst_source AS (${callSql(plan.call, params)}) ` : '';
  return `${source}${readSql(plan.read, params)}`;
}

/** A row as a line with its end. JSON may hold line breaks between its tokens, where a space means the same. */
function jsonLine(plan: StreamedPlan): string {
  const scalar = plan.kind === 'call' && (plan.call.scalar || plan.call.setOfScalar);
  const json = scalar ? `coalesce(to_json(_row.pgrst_scalar), 'null')` : 'row_to_json(_row)';
  return String.raw`translate(${json}::text, E'\n\r', '  ') || E'\n'`;
}

/** A row as the dialect writes it, a line's end before it: the header comes first, and the last line has none. */
const CSV_LINE = String.raw`E'\n' || substring(_row::text, 2, length(_row::text) - 2)`;

export function copySql(plan: StreamedPlan, request: ApiRequest): string {
  const line = plan.media.kind === 'csv' ? CSV_LINE : jsonLine(plan);
  return `COPY (SELECT ${line} FROM (${rowsSql(plan, new Constants(request))}) _row) TO STDOUT (FORMAT binary)`;
}

/** No rows, for the names of their columns: a query that Postgres plans and does not run. */
export const namesSql = (plan: StreamedPlan, request: ApiRequest): string =>
  `SELECT * FROM (${rowsSql(plan, new Constants(request))}) _row LIMIT 0`;

/** How many rows of a table there are without the range. */
export const totalSql = ({ read }: StreamedPlan, request: ApiRequest): string =>
  `SELECT count(*) FROM (${countSql(read, new Constants(request))}) _row`;
