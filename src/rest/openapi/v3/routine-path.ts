import type { Catalog, JsonSchema, Parameter, Routine } from '../../../catalog/index.ts';
import { splitComment } from '../comment.ts';
import { componentName, parameterRef } from './names.ts';
import { empty, rowsOf, writeFailures } from './responses.ts';
import type { PathItem } from './table-path.ts';
import { nullable, valueSchema } from './value-schemas.ts';

/** A function with all its overloads: POST, and GET where one of them changes nothing. */
export function routinePath(catalog: Catalog, name: string, overloads: readonly Routine[]): PathItem {
  const readers = overloads.filter(({ volatility, parameters }) => volatility !== 'volatile' && !isBody(parameters));
  const [comment] = overloads.flatMap(({ description }) => description ?? []);
  const common = (verb: string) => ({
    operationId: componentName(verb, 'rpc', name),
    tags: [`(rpc) ${name}`],
    summary: `Call ${name}`,
    ...splitComment(comment ?? null),
    responses: { ...results(catalog, overloads), ...writeFailures },
  });
  return {
    post: { ...common('post'), parameters: [parameterRef('preferCall')], requestBody: body(catalog, overloads) },
    ...(readers.length > 0
      ? { get: { ...common('get'), parameters: [...inUrl(catalog, readers), parameterRef('preferCall')] } }
      : {}),
  };
}

/** A single unnamed parameter takes the request's whole body. */
const isBody = (parameters: readonly Parameter[]): boolean => parameters.length === 1 && parameters[0]?.name === '';

function body(catalog: Catalog, overloads: readonly Routine[]) {
  const raw = overloads.find(({ parameters }) => isBody(parameters))?.parameters[0];
  const schemas = overloads
    .filter(({ parameters }) => !isBody(parameters))
    .map(({ parameters }) => argumentsOf(catalog, parameters));
  const [only] = schemas;
  const json = schemas.length > 1 ? { anyOf: schemas } : only;
  return {
    content: {
      ...(json ? { 'application/json': { schema: json } } : {}),
      ...(raw
        ? {
            [bodyTypes[raw.type] ?? 'application/json']: {
              schema: raw.type.startsWith('json') ? {} : { type: 'string' },
            },
          }
        : {}),
    },
  };
}

const bodyTypes: { readonly [type: string]: string } = {
  bytea: 'application/octet-stream',
  text: 'text/plain',
  xml: 'text/xml',
};

function argumentsOf(catalog: Catalog, parameters: readonly Parameter[]): JsonSchema {
  const required = parameters.filter((parameter) => parameter.required && !parameter.variadic).map(({ name }) => name);
  const properties = parameters.map(({ name, typeOid }) => [name, nullable(valueSchema(catalog, typeOid))]);
  return { type: 'object', properties: Object.fromEntries(properties), ...(required.length > 0 ? { required } : {}) };
}

/** Arguments of all overloads; required are those that every one requires. */
function inUrl(catalog: Catalog, overloads: readonly Routine[]) {
  const all = Map.groupBy(
    overloads.flatMap(({ parameters }) => parameters),
    ({ name }) => name,
  );
  return [...all].flatMap(([name, own]) => {
    const [first] = own;
    if (!first) return [];
    const required =
      own.length === overloads.length && own.every((parameter) => parameter.required && !parameter.variadic);
    return { name, in: 'query', required, ...argument(catalog, first) };
  });
}

function argument(catalog: Catalog, { typeOid, type, variadic }: Parameter) {
  const description = `\`${type}\``;
  const schema = valueSchema(catalog, typeOid);
  if (variadic) return { description: `${description}, once for each value`, schema, explode: true };
  const isPlain = ['integer', 'number', 'boolean', 'string'].includes(String(schema.type)) || '$ref' in schema;
  return { description, schema: isPlain ? schema : { type: 'string' } };
}

function results(catalog: Catalog, overloads: readonly Routine[]) {
  if (overloads.every((routine) => routine.returns.isVoid)) return { 200: empty('Done'), 204: empty('Done') };
  const [first] = overloads;
  if (!first) return {};
  const row = resultSchema(catalog, first);
  if (first.returns.isSet) return { 200: rowsOf('Result', row), 206: rowsOf('A part of the result', row) };
  return { 200: { description: 'Result', content: { 'application/json': { schema: nullable(row) } } } };
}

function resultSchema(catalog: Catalog, { outputs, returns }: Routine): JsonSchema {
  if (outputs.length === 0) return valueSchema(catalog, returns.typeOid);
  const columns = outputs.map(({ name, typeOid }, at) => [
    name || `column${at + 1}`,
    nullable(valueSchema(catalog, typeOid)),
  ]);
  return { type: 'object', properties: Object.fromEntries(columns) };
}
