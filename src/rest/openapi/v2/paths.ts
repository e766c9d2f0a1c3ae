import type { Routine, Table } from '../../../catalog/index.ts';
import { splitComment } from '../comment.ts';
import { bodyArguments, bodyName, filterNames, parameterRef, queryArgument } from './parameters.ts';
import type { SwaggerOperation, SwaggerPath } from './types.ts';

const json = 'application/json';
const singular = ['application/vnd.pgrst.object+json;nulls=stripped', 'application/vnd.pgrst.object+json'];

export const mediaTypes: readonly string[] = [json, ...singular, 'text/csv'];

const respond = (...statuses: readonly [string, string][]): SwaggerOperation['responses'] =>
  Object.fromEntries(statuses.map(([status, description]) => [status, { description }]));

const root: SwaggerPath = {
  get: {
    tags: ['Introspection'],
    summary: 'OpenAPI description (this document)',
    produces: ['application/openapi+json', json],
    responses: respond(['200', 'OK']),
  },
};

/** Of overloads, the one with the most parameters is described. */
export function paths(tables: readonly Table[], routines: readonly Routine[]): Readonly<Record<string, SwaggerPath>> {
  return Object.fromEntries([
    ['/', root],
    ...tables.map((table) => [`/${table.name}`, tablePath(table)]),
    ...routines.map((routine) => [`/rpc/${routine.name}`, routinePath(routine)]),
  ]);
}

function tablePath(table: Table): SwaggerPath {
  const common = { tags: [table.name], ...splitComment(table.description) };
  const filters = filterNames(table);
  const reading = [...filters, 'select', 'order', 'range', 'rangeUnit', 'offset', 'limit', 'preferCount'];
  const rows = { type: 'array', items: { $ref: `#/definitions/${table.name}` } };
  const get = {
    ...common,
    parameters: reading.map(parameterRef),
    responses: { 200: { description: 'OK', schema: rows }, 206: { description: 'Partial Content' } },
  };
  if (!table.insertable && !table.updatable && !table.deletable) return { get };
  const write = (parameters: readonly string[], status: string, description: string): SwaggerOperation => ({
    ...common,
    parameters: parameters.map(parameterRef),
    responses: respond([status, description]),
  });
  return {
    get,
    post: write([bodyName(table), 'select', 'preferPost'], '201', 'Created'),
    delete: write([...filters, 'preferReturn'], '204', 'No Content'),
    patch: write([...filters, bodyName(table), 'preferReturn'], '204', 'No Content'),
  };
}

function routinePath(routine: Routine): SwaggerPath {
  const common = {
    tags: [`(rpc) ${routine.name}`],
    ...splitComment(routine.description),
    produces: [json, ...singular],
    responses: respond(['200', 'OK']),
  };
  const post = { ...common, parameters: bodyArguments(routine) };
  if (routine.volatility === 'volatile') return { post };
  const inUrl = routine.parameters.map(queryArgument);
  return { get: { ...common, ...(inUrl.length === 0 ? {} : { parameters: inUrl }) }, post };
}
