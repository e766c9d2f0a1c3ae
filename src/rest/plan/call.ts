import type { Catalog, Parameter, Routine } from '../../catalog/index.ts';
import type { ApiRequest } from '../parse/types.ts';
import { isObjectText } from './body.ts';
import type { Draft } from './draft.ts';
import { neededColumns } from './needed-columns.ts';
import { callBody, chooseRoutine, unnamedParameter } from './routine.ts';
import type { CallArgument, CallPlan, Condition, Qualified, Value } from './types.ts';

/** The function a request means, by its name and the names of its arguments. */
export function routineFor(request: ApiRequest, catalog: Catalog, name: Qualified): Routine {
  const post = request.action.kind === 'call' && request.action.invocation === 'post';
  const body = post ? callBody(request.contentType) : null;
  return chooseRoutine(catalog, { name, arguments: new Set(givenNames(request)), body });
}

export function planCall(routine: Routine, request: ApiRequest, root: Draft): CallPlan {
  const { returns } = routine;
  return {
    name: { schema: routine.schema, name: routine.name },
    arguments: planArguments(routine, request),
    scalar: !returns.isSet && !returns.isComposite,
    setOfScalar: returns.isSet && !returns.isComposite,
    single: !returns.isSet,
    singleComposite: !returns.isSet && returns.isComposite,
    returnsVoid: returns.isVoid,
    columns: returnedColumns(root),
  };
}

function planArguments(routine: Routine, request: ApiRequest): CallPlan['arguments'] {
  const unnamed = unnamedParameter(routine.parameters);
  if (unnamed !== null) return { kind: 'single', type: unnamed.type, body: wholeBody(request) };
  const given = new Set(givenNames(request));
  const parameters = routine.parameters.filter((parameter) => given.has(parameter.name));
  if (parameters.length === 0) return { kind: 'none' };
  const of = parameters.map((parameter) => planArgument(parameter, request));
  if (of.every((argument) => argument.value !== null)) return { kind: 'direct', of };
  return { kind: 'json', of, body: { from: 'body' }, bodyIsObject: isObjectText(request.payload) };
}

/** Names of the arguments, wherever they are: in the query, a form, or a JSON body. */
function givenNames(request: ApiRequest): readonly string[] {
  const { action } = request;
  const byQuery = action.kind !== 'call' || action.invocation !== 'post';
  return byQuery ? request.params.map(({ name }) => name) : request.payloadColumns;
}

function planArgument({ name, unlimitedType, variadic }: Parameter, request: ApiRequest): CallArgument {
  return { name, type: unlimitedType, variadic, value: directValue(name, variadic, request) };
}

/** Null where the value is inside a JSON body. Of a repeated name the last holds, but for a variadic one: all do. */
function directValue(name: string, variadic: boolean, request: ApiRequest): Value | null {
  if (request.payload !== null) return request.payload.kind === 'form' ? { from: 'form', key: name, variadic } : null;
  const slots = request.params.flatMap((param) => (param.name === name ? [param.slot] : []));
  return variadic ? { from: 'variadic', slots } : { from: 'literal', slot: slots.at(-1) ?? 0 };
}

function wholeBody(request: ApiRequest): Value {
  if (request.payload === null) {
    return { from: 'arguments', of: request.params.map(({ name, slot }): readonly [string, number] => [name, slot]) };
  }
  if (request.payload.kind === 'form') return { from: 'form-json' };
  return { from: request.payload.kind === 'raw' ? 'raw' : 'body' };
}

/** What the tree above needs, and what its filters look at; everything where nothing is named. */
function returnedColumns(root: Draft): readonly string[] {
  const needed = neededColumns(root, []);
  if (needed.length === 0 || needed.includes('*')) return needed;
  return [...new Set([...needed, ...root.where.flatMap(filteredColumns)])].sort();
}

function filteredColumns(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.of.flatMap(filteredColumns);
    case 'keyset':
      return condition.fields.map((field) => field.name);
    case 'filter':
      return [condition.field.name];
    case 'embed':
      return [];
  }
}
