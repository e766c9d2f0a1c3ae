import type { CallPlan, Handler, Qualified } from '../plan/types.ts';
import { qualified } from './sql.ts';

/** The rows that are shown, under the alias that every handler aggregates. */
export const SHOWN = '_postgrest_t';

/**
 * The expression that makes the body of the rows shown. `call` where they are a function's result; `rows` is the query of the
 * rows shown, for what needs to look at one of them apart.
 */
export function bodySql(handler: Handler, call: CallPlan | null, rows: () => string): string {
  switch (handler.kind) {
    case 'json':
      return jsonBody(call, false);
    case 'json-stripped':
      return jsonBody(call, true);
    case 'object':
      return firstOf(call?.scalar ? `${SHOWN}.pgrst_scalar` : SHOWN, handler.stripped);
    case 'csv':
      return csvBody(rows());
    case 'geojson':
      return GEOJSON;
    case 'custom':
      return customBody(handler.function, handler.target, call);
    case 'none':
      return "''::text";
  }
}

const strip = (stripped: boolean, sql: string): string => (stripped ? `json_strip_nulls(${sql})` : sql);

const firstOf = (rows: string, stripped: boolean): string =>
  `coalesce(${strip(stripped, `json_agg(${rows})->0`)}, 'null')`;

function jsonBody(call: CallPlan | null, stripped: boolean): string {
  if (call?.singleComposite) return firstOf(SHOWN, stripped);
  if (call?.scalar) return firstOf(`${SHOWN}.pgrst_scalar`, stripped);
  const rows = call?.setOfScalar ? `${SHOWN}.pgrst_scalar` : SHOWN;
  return `coalesce(${strip(stripped, `json_agg(${rows})`)}, '[]')`;
}

const ROW_TEXT = `${SHOWN}::text`;
const CSV_LINES = `coalesce(string_agg(substring(${ROW_TEXT}, 2, length(${ROW_TEXT}) - 2), '\n'), '')`;

/** The header takes its names from a row's JSON, so there is none where there is no row; the lines are Postgres's row text. */
function csvBody(rows: string): string {
  const first = `(SELECT row_to_json(hh) as r from (${rows}) as hh limit 1) s`;
  const names = `(SELECT json_object_keys(r)::text as k FROM ${first}) a`;
  return `(SELECT coalesce(string_agg(a.k, ','), '') FROM ${names}) || '\n' || ${CSV_LINES}`;
}

const FEATURES = `coalesce(json_agg(ST_AsGeoJSON(${SHOWN})::json), '[]')`;
const GEOJSON = `json_build_object('type', 'FeatureCollection', 'features', ${FEATURES})`;

function customBody(handler: Qualified, target: Qualified | null, call: CallPlan | null): string {
  if (call?.scalar) return `${qualified(handler)}(${SHOWN}.pgrst_scalar)`;
  return `${qualified(handler)}(${SHOWN}${target === null ? '' : `::${qualified(target)}`})`;
}
