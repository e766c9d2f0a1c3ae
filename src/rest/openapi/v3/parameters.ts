import type { Catalog, Column, JsonSchema, Table } from '../../../catalog/index.ts';
import { componentName, parameterRef } from './names.ts';
import { embedChoices } from './table-schemas.ts';

export interface OpenapiParameter {
  readonly name: string;
  readonly in: 'query' | 'header';
  readonly description: string;
  readonly schema: JsonSchema;
  readonly required?: boolean;
}

const text = { type: 'string' };
const count = { type: 'integer', minimum: 0 };

/**
 * Examples stand in the description and not in `examples`: API pages send those along with every request that is tried out,
 * and so would filter by all columns at once.
 */
const parameter = (
  place: 'query' | 'header',
  name: string,
  description: string,
  ...examples: readonly string[]
): OpenapiParameter => ({
  name,
  in: place,
  description: examples.length === 0 ? description : `${description} Such as ${examples.map(code).join(', ')}.`,
  schema: text,
});

const code = (value: string): string => `\`${value}\``;
const prefer = (description: string, ...values: readonly string[]): OpenapiParameter =>
  parameter('header', 'Prefer', `${description} Several are joined by commas.`, ...values);

const returning = ['return=representation', 'return=minimal', 'return=headers-only'];
const always = ['handling=strict', 'tx=rollback', 'timezone=Europe/Berlin'];

/** Parameters that every table shares. */
export const commonParameters: Readonly<Record<string, OpenapiParameter>> = {
  order: parameter(
    'query',
    'order',
    'Columns to sort by, each with `.asc` or `.desc`, and `.nullsfirst` or `.nullslast`.',
    'id.desc',
    'created_at.desc.nullslast,id',
  ),
  limit: { name: 'limit', in: 'query', description: 'The most rows to return.', schema: count },
  offset: { name: 'offset', in: 'query', description: 'Rows to skip first.', schema: count },
  and: parameter('query', 'and', 'Conditions that must all hold; nests with `or(…)` and `not`.', '(id.gt.10,id.lt.20)'),
  or: parameter('query', 'or', 'Conditions of which one must hold.', '(id.eq.1,id.gt.20)'),
  on_conflict: parameter(
    'query',
    'on_conflict',
    'Columns of the unique constraint that an upsert goes by; the primary key if absent.',
  ),
  columns: parameter('query', 'columns', 'Columns to take from the body; other keys are ignored.'),
  range: parameter('header', 'Range', 'Rows to return, first and last, counted from 0.', '0-14'),
  cursor: parameter(
    'query',
    'cursor',
    'Where the page begins, as the header `Link` of the page before says it; `Prefer: cursor` asks for that header.',
  ),
  ifNoneMatch: parameter('header', 'If-None-Match', 'The `ETag` that is known already: 304 while it still holds.'),
  ifMatch: parameter(
    'header',
    'If-Match',
    'The `ETag` of a read with the same filters: 412, and no change, where the rows have changed since.',
  ),
  preferRead: prefer(
    'How to count and to run, and whether to link to the next page.',
    'count=exact',
    'count=planned',
    'count=estimated',
    'cursor',
    ...always,
  ),
  preferInsert: prefer(
    'What to return, and what to do about rows that exist.',
    ...returning,
    'resolution=merge-duplicates',
    'resolution=ignore-duplicates',
    'missing=default',
    ...always,
  ),
  preferChange: prefer('What to return, and how many rows may be affected.', ...returning, 'max-affected=1', ...always),
  preferCall: prefer('How to run.', 'max-affected=1', ...always),
  preferSoftDelete: prefer(
    'What to return, and what to do about deleted rows.',
    ...returning,
    'delete=soft',
    'delete=restore',
    'delete=purge',
    ...always,
  ),
  preferSoftRead: prefer(
    'How to count, and whether deleted rows are seen.',
    'count=exact',
    'count=planned',
    'count=estimated',
    'deleted=include',
    'deleted=only',
    'cursor',
    ...always,
  ),
};

const selectName = (table: Table): string => componentName('select', table.name);
const filterName = (table: Table, column: string): string => componentName('filter', table.name, column);

/** Parameters of one table: `select`, and a filter for each column. */
export function tableParameters(
  catalog: Catalog,
  table: Table,
  shown: readonly Table[],
): Readonly<Record<string, OpenapiParameter>> {
  const filters = [...table.columns.values()].map((column) => [filterName(table, column.name), filter(column)]);
  return { [selectName(table)]: select(catalog, table, shown), ...Object.fromEntries(filters) };
}

export const selectRef = (table: Table) => parameterRef(selectName(table));
export const filterRefs = (table: Table) => table.columnNames.map((name) => parameterRef(filterName(table, name)));

function select(catalog: Catalog, table: Table, shown: readonly Table[]): OpenapiParameter {
  const choices = embedChoices(catalog, table, shown);
  const lines = choices.map(({ select: name, relationship }) => `\n- \`${name}(*)\`: ${relationship.kind}`);
  const related = lines.length > 0 ? ` Related:\n${lines.join('')}` : '';
  return parameter('query', 'select', `Columns to return, and related rows to embed.${related}`);
}

function filter(column: Column): OpenapiParameter {
  const comment = column.description === null ? '' : ` ${column.description}`;
  return parameter('query', column.name, `Filter: \`operator.value\`.${comment}`, ...filterExamples(column));
}

function filterExamples({ type, enum: labels, isArray, isJson, nullable }: Column): readonly string[] {
  const isNull = nullable ? ['is.null'] : [];
  if (labels.length > 0) return [`eq.${labels[0]}`, `in.(${labels.slice(0, 2).join(',')})`, ...isNull];
  if (isArray) return ['cs.{value}', 'ov.{one,two}', ...isNull];
  if (isJson) return ['cs.{"key":"value"}', ...isNull];
  if (type === 'boolean') return ['is.true', 'is.false', ...isNull];
  if (type === 'text' || type.startsWith('character')) return ['eq.value', 'ilike.*part*', 'in.(one,two)', ...isNull];
  if (type.startsWith('timestamp') || type === 'date') return ['gte.2026-01-01', 'lt.2027-01-01', ...isNull];
  return ['eq.1', 'gt.1', 'in.(1,2)', ...isNull];
}
