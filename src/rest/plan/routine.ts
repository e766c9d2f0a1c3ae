import { type Catalog, findRoutines, type Parameter, type Routine } from '../../catalog/index.ts';
import { ambiguousRoutine, type CallBody, noRoutine } from '../errors/schema-errors.ts';
import type { MediaType } from '../parse/types.ts';
import type { Qualified } from './types.ts';

/** How a function is addressed: its name, the names of its arguments, and for POST the body's kind. */
export interface Invocation {
  readonly name: Qualified;
  readonly arguments: ReadonlySet<string>;
  /** Null for GET and HEAD. */
  readonly body: CallBody | null;
}

export function callBody(contentType: MediaType): CallBody {
  switch (contentType.kind) {
    case 'json':
    case 'text':
    case 'xml':
    case 'octets':
      return contentType.kind;
    default:
      return 'other';
  }
}

/** The one overload that takes these arguments; failing all, the one that takes the whole body unnamed. */
export function chooseRoutine(catalog: Catalog, invocation: Invocation): Routine {
  const overloads = findRoutines(catalog, invocation.name);
  const matching = overloads.filter((routine) => takes(routine, invocation));
  const unnamed = overloads.filter((routine) => !matching.includes(routine) && takesBody(routine, invocation.body));
  const candidates = matching.length > 0 ? matching : unnamed;
  const [first] = candidates;
  if (first === undefined) throw notFound(catalog, invocation, overloads);
  if (candidates.length > 1) throw ambiguousRoutine(candidates);
  return first;
}

/** Every required argument is given, and nothing that is not a parameter. */
function takes({ parameters }: Routine, { arguments: given, body }: Invocation): boolean {
  if (parameters.length === 0) return given.size === 0 && !isRaw(body);
  const names = new Set(parameters.map((parameter) => parameter.name));
  const required = parameters.filter((parameter) => parameter.required);
  return required.every(({ name }) => given.has(name)) && [...given].every((name) => names.has(name));
}

const isRaw = (body: CallBody | null): boolean => body === 'text' || body === 'xml' || body === 'octets';

const BODY_TYPES: Readonly<Record<CallBody, readonly string[]>> = {
  json: ['json', 'jsonb'],
  text: ['text'],
  xml: ['xml'],
  octets: ['bytea'],
  other: [],
};

function takesBody({ parameters }: Routine, body: CallBody | null): boolean {
  const only = unnamedParameter(parameters);
  return only !== null && body !== null && BODY_TYPES[body].includes(only.type);
}

/** The single parameter without a name, which takes a body whole. */
export function unnamedParameter(parameters: readonly Parameter[]): Parameter | null {
  const [only, ...others] = parameters;
  return only !== undefined && others.length === 0 && only.name === '' ? only : null;
}

function notFound(catalog: Catalog, invocation: Invocation, overloads: readonly Routine[]): Error {
  const { schema, name } = invocation.name;
  return noRoutine({
    schema,
    routine: name,
    arguments: [...invocation.arguments].sort(),
    body: invocation.body,
    routines: catalog.schemas.get(schema)?.routineNames ?? [],
    overloads: overloads.map((routine) => routine.parameters.map((parameter) => parameter.name)),
  });
}
