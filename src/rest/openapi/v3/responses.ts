import type { JsonSchema, Table } from '../../../catalog/index.ts';
import { responseRef, schemaRef } from './names.ts';
import { rowName } from './table-schemas.ts';

export type Responses = Readonly<Record<string, unknown>>;

const anObject = 'application/vnd.pgrst.object+json';

export const errorSchema: JsonSchema = {
  type: 'object',
  description: 'Every error has this shape. `code` is SQLSTATE, or one of the API itself (`PGRST…`).',
  properties: {
    code: { type: 'string', examples: ['PGRST205'] },
    message: { type: 'string' },
    details: { anyOf: [{ type: 'string' }, { type: 'null' }, { type: 'array' }, { type: 'object' }] },
    hint: { type: ['string', 'null'], description: 'What to do about it, such as the nearest right name.' },
  },
  required: ['code', 'message', 'details', 'hint'],
};

const failure = (description: string) => ({
  description,
  content: { 'application/json': { schema: schemaRef('api.error') } },
});

export const commonResponses: Readonly<Record<string, unknown>> = {
  badRequest: failure('The request can not be understood, or a value does not fit.'),
  unauthorized: failure('There is no valid token, or none at all where one is needed.'),
  forbidden: failure('The role may not do this.'),
  notFound: failure('There is no such table or function.'),
  notAcceptable: failure('No representation of the kind that was asked for, or not exactly one row.'),
  conflict: failure('A unique or foreign key is in the way.'),
  changedSince: failure('The rows are not as `If-Match` knows them.'),
};

const failures = (...more: readonly (readonly [string, string])[]): Responses =>
  Object.fromEntries(
    [['400', 'badRequest'], ['401', 'unauthorized'], ['403', 'forbidden'], ['404', 'notFound'], ...more].map(
      ([status = '', name = '']) => [status, responseRef(name)],
    ),
  );

export const readFailures: Responses = failures(['406', 'notAcceptable']);
export const writeFailures: Responses = failures(['406', 'notAcceptable'], ['409', 'conflict']);
export const changeFailures: Responses = failures(
  ['406', 'notAcceptable'],
  ['409', 'conflict'],
  ['412', 'changedSince'],
);

const contentRange = {
  'Content-Range': {
    description: 'First and last row, and the total where it was counted: `0-14/200`.',
    schema: { type: 'string' },
  },
};

/** Rows as a JSON array, one row as an object, or CSV. */
export function rowsOf(description: string, row: JsonSchema) {
  return {
    description,
    headers: contentRange,
    content: {
      'application/json': { schema: { type: 'array', items: row } },
      [anObject]: { schema: row },
      'text/csv': { schema: { type: 'string' } },
    },
  };
}

const geoJson = {
  'application/geo+json': {
    schema: { type: 'object', description: 'A FeatureCollection (RFC 7946) of the first geometry of each row.' },
  },
};

const isOfPostgis = /(^|\.)(geometry|geography)(\(|$)/;

/** A table's rows; also as GeoJSON where it has places. */
export function tableRows(description: string, table: Table) {
  const rows = rowsOf(description, schemaRef(rowName(table)));
  const hasPlaces = [...table.columns.values()].some(({ nominalType }) => isOfPostgis.test(nominalType));
  return hasPlaces ? { ...rows, content: { ...rows.content, ...geoJson } } : rows;
}

const pageHeaders = {
  ETag: { description: 'Changes with the rows that are shown.', schema: { type: 'string' } },
  Link: {
    description: 'With `Prefer: cursor`, the next page: `<?…>; rel="next"`. There is none behind the last one.',
    schema: { type: 'string' },
  },
};

/** What a table is read as: rows in any representation, and one on each line for any number of them. */
export function tablePage(description: string, table: Table) {
  const rows = tableRows(description, table);
  const lines = {
    'application/x-ndjson': { schema: { type: 'string', description: 'One JSON object on each line.' } },
  };
  return { ...rows, headers: { ...rows.headers, ...pageHeaders }, content: { ...rows.content, ...lines } };
}

export const empty = (description: string) => ({ description });
