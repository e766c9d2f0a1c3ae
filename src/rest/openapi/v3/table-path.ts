import type { Table } from '../../../catalog/index.ts';
import { splitComment } from '../comment.ts';
import { componentName, parameterRef, schemaRef } from './names.ts';
import { filterRefs, selectRef } from './parameters.ts';
import { changeFailures, empty, readFailures, tablePage, tableRows, writeFailures } from './responses.ts';
import { insertName, updateName } from './table-schemas.ts';

export type PathItem = Readonly<Record<string, unknown>>;

const refs = (...names: readonly string[]) => names.map(parameterRef);

/** The operations that a table or view allows by its nature; whether a role may, its privileges say. */
export function tablePath(table: Table): PathItem {
  return {
    get: read(table),
    ...(table.insertable ? { post: insert(table) } : {}),
    ...(table.insertable && table.updatable && table.primaryKey.length > 0 ? { put: put(table) } : {}),
    ...(table.updatable ? { patch: update(table) } : {}),
    ...(table.deletable ? { delete: remove(table) } : {}),
  };
}

const operation = (table: Table, verb: string, summary: string) => ({
  operationId: componentName(verb, table.name),
  tags: [table.name],
  summary,
  ...(table.description ? { description: splitComment(table.description).description ?? table.description } : {}),
});

const read = (table: Table) => ({
  ...operation(table, 'get', `Read ${table.name}`),
  parameters: [
    selectRef(table),
    ...filterRefs(table),
    ...refs('and', 'or', 'order', 'limit', 'offset', 'cursor', 'range', 'ifNoneMatch'),
    parameterRef(table.softDelete ? 'preferSoftRead' : 'preferRead'),
  ],
  responses: {
    200: tablePage('Rows', table),
    206: tablePage('Some of the rows, of a total that was counted', table),
    304: empty('Nothing has changed since the tag in `If-None-Match`.'),
    416: empty('The range begins behind the last row.'),
    ...readFailures,
  },
});

const insert = (table: Table) => ({
  ...operation(table, 'post', `Insert into ${table.name}`),
  parameters: [selectRef(table), ...refs('columns', 'on_conflict', 'preferInsert')],
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: { anyOf: [schemaRef(insertName(table)), { type: 'array', items: schemaRef(insertName(table)) }] },
      },
      'text/csv': { schema: { type: 'string' } },
      'application/x-ndjson': {
        schema: {
          type: 'string',
          description: 'One JSON object on each line: any number of rows, in one transaction.',
        },
      },
    },
  },
  responses: {
    201: tableRows('Inserted', table),
    200: tableRows('Every row existed and was merged', table),
    ...writeFailures,
  },
});

const put = (table: Table) => ({
  ...operation(table, 'put', `Insert or replace one row of ${table.name}`),
  parameters: [
    selectRef(table),
    ...table.primaryKey.map((name) => ({
      name,
      in: 'query',
      required: true,
      description: 'The primary key of the row, as `eq.value`.',
      schema: { type: 'string' },
    })),
    ...refs('ifMatch', 'preferChange'),
  ],
  requestBody: one(insertName(table)),
  responses: {
    200: tableRows('Replaced', table),
    201: tableRows('Inserted', table),
    204: empty('Done'),
    ...changeFailures,
  },
});

const update = (table: Table) => ({
  ...operation(table, 'patch', `Update ${table.name}`),
  parameters: [selectRef(table), ...filterRefs(table), ...refs('and', 'or', 'columns', 'ifMatch', 'preferChange')],
  requestBody: one(updateName(table), 'application/merge-patch+json'),
  responses: { 200: tableRows('Updated', table), 204: empty('Updated'), ...changeFailures },
});

const remove = (table: Table) => ({
  ...operation(table, 'delete', `Delete from ${table.name}`),
  parameters: [
    selectRef(table),
    ...filterRefs(table),
    ...refs('and', 'or', 'ifMatch', table.softDelete ? 'preferSoftDelete' : 'preferChange'),
  ],
  responses: { 200: tableRows('Deleted', table), 204: empty('Deleted'), ...changeFailures },
});

/** One row; as a merge patch, objects are merged into JSON columns instead of replacing them. */
const one = (schema: string, ...more: readonly string[]) => ({
  required: true,
  content: Object.fromEntries(['application/json', ...more].map((type) => [type, { schema: schemaRef(schema) }])),
});
