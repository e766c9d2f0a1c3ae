import type { Field, Value } from '../plan/types.ts';
import { type Parameters, quoteName, quoteText } from './sql.ts';

/** A JSON body as a row source named `pgrst_body`, with a column for each field. */
export interface PayloadSource {
  readonly body: Value;
  readonly bodyIsObject: boolean;
  readonly fields: readonly PayloadField[];
  /** Absent keys take the column's default instead of NULL. */
  readonly defaults: boolean;
  /** Only the first element: a body describes one change, not one for each element. */
  readonly first: boolean;
}

export type PayloadField = Pick<Field, 'name' | 'type' | 'transform' | 'fallback'>;

/** One key of the body; a column that is really called `*` is one too. */
export const bodyColumn = (name: string): string => `pgrst_body.${quoteName(name)}`;

/**
 * `FROM` over the payload: Postgres takes the JSON apart, by the columns' own types. The body is cast once, so that it is one
 * parameter whatever it holds.
 */
export function payloadFrom(source: PayloadSource, params: Parameters): string {
  const body = `${params.add(source.body)}::${source.defaults ? 'jsonb' : 'json'}`;
  const payload = `FROM (SELECT ${body} AS json_data) pgrst_payload, `;
  const columns = source.fields.map(parsedColumn).join(', ');
  return `${payload}${defaultsSql(source)}LATERAL (SELECT ${columns} FROM ${recordsSql(source)}) pgrst_body`;
}

function parsedColumn({ name, transform }: PayloadField): string {
  return transform === null ? quoteName(name) : `${transform}(${quoteName(name)}) AS ${quoteName(name)}`;
}

function defaultsSql(source: PayloadSource): string {
  if (!source.defaults) return '';
  const given = source.fields.flatMap(({ name, fallback }) =>
    fallback === null ? [] : [`${quoteText(name)}, ${fallback}`],
  );
  const object = `jsonb_build_object(${given.join(',')})`;
  if (source.bodyIsObject) return `LATERAL (SELECT ${object} || pgrst_payload.json_data AS val) pgrst_json_defs, `;
  const elements = 'jsonb_array_elements(pgrst_payload.json_data) elem';
  return `LATERAL (SELECT jsonb_agg(${object} || elem) AS val from ${elements}) pgrst_json_defs, `;
}

function recordsSql(source: PayloadSource): string {
  const json = source.defaults ? 'jsonb' : 'json';
  const data = source.defaults ? 'pgrst_json_defs.val' : 'pgrst_payload.json_data';
  // `{}` is one row of nothing; `[{}, {}]` is two
  if (source.fields.length === 0) return source.bodyIsObject ? '(values(1)) _' : `${json}_array_elements(${data}) _`;
  const columns = source.fields.map(({ name, type }) => `${quoteName(name)} ${type}`).join(', ');
  const reader = source.bodyIsObject ? `${json}_to_record` : `${json}_to_recordset`;
  return `${reader}(${data}) AS _(${columns})${source.first ? ' LIMIT 1' : ''}`;
}
