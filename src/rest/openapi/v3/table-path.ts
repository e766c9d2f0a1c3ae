import type { Table } from '../../../catalog/index.ts';
import { splitComment } from '../comment.ts';
import { componentName, parameterRef, schemaRef } from './names.ts';
import { filterRefs, selectRef } from './parameters.ts';
import { empty, readFailures, tableRows, writeFailures } from './responses.ts';
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
    ...refs('and', 'or', 'order', 'limit', 'offset', 'range', table.softDelete ? 'preferSoftRead' : 'preferRead'),
  ],
  responses: {
    200: tableRows('Rows', table),
    206: tableRows('Some of the rows, of a total that was counted', table),
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
    ...refs('columns', 'preferChange'),
  ],
  requestBody: one(insertName(table)),
  responses: {
    200: tableRows('Replaced', table),
    201: tableRows('Inserted', table),
    204: empty('Done'),
    ...writeFailures,
  },
});

const update = (table: Table) => ({
  ...operation(table, 'patch', `Update ${table.name}`),
  parameters: [selectRef(table), ...filterRefs(table), ...refs('and', 'or', 'columns', 'preferChange')],
  requestBody: one(updateName(table)),
  responses: { 200: tableRows('Updated', table), 204: empty('Updated'), ...writeFailures },
});

const remove = (table: Table) => ({
  ...operation(table, 'delete', `Delete from ${table.name}`),
  parameters: [
    selectRef(table),
    ...filterRefs(table),
    ...refs('and', 'or', table.softDelete ? 'preferSoftDelete' : 'preferChange'),
  ],
  responses: { 200: tableRows('Deleted', table), 204: empty('Deleted'), ...writeFailures },
});

const one = (schema: string) => ({ required: true, content: { 'application/json': { schema: schemaRef(schema) } } });
