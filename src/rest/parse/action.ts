import {
  invalidPath,
  openapiDisabled,
  rpcMethod,
  unacceptableSchema,
  unsupportedMethod,
} from '../errors/request-errors.ts';
import { headerUtf8 } from './header-fields.ts';
import { refuseNul } from './nul.ts';
import { percentDecode } from './query-string.ts';
import type { Action, MediaType, Mutation } from './types.ts';

export type Resource =
  | { readonly kind: 'relation'; readonly name: string }
  | { readonly kind: 'routine'; readonly name: string }
  | { readonly kind: 'root' };

export interface RootSettings {
  /** `openapi-mode` is not `disabled`. */
  readonly openapi: boolean;
  /** `db-root-spec`: the function that answers at the root. */
  readonly rootRoutine: string | null;
}

/** `/table`, `/rpc/function` or `/`. */
export function parseResource(path: string, settings: RootSettings, contentType: MediaType): Resource {
  const [first, second, ...rest] = segments(path);
  if (first === undefined) return root(settings, contentType);
  if (second === undefined) return { kind: 'relation', name: first };
  if (first === 'rpc' && rest.length === 0) return { kind: 'routine', name: second };
  throw invalidPath();
}

function root({ openapi, rootRoutine }: RootSettings, contentType: MediaType): Resource {
  if (contentType.kind === 'batch') return { kind: 'root' };
  if (!openapi) throw openapiDisabled();
  return rootRoutine === null ? { kind: 'root' } : { kind: 'routine', name: rootRoutine };
}

function segments(path: string): readonly string[] {
  if (path === '' || path === '/') return [];
  const parts = (path.startsWith('/') ? path.slice(1) : path).split('/', 4);
  const decoded = parts.map(percentDecode);
  decoded.forEach(refuseNul);
  return decoded;
}

const mutations: ReadonlyMap<string, Mutation> = new Map([
  ['POST', 'insert'],
  ['PUT', 'upsert'],
  ['PATCH', 'update'],
  ['DELETE', 'delete'],
]);

export function parseAction(resource: Resource, method: string, contentType: MediaType): Action {
  if (resource.kind === 'routine') return routineAction(resource.name, method);
  if (resource.kind === 'relation') return relationAction(resource.name, method);
  if (method === 'GET' || method === 'HEAD') return { kind: 'schema', headersOnly: method === 'HEAD' };
  if (method === 'OPTIONS') return { kind: 'info', of: 'schema' };
  if (method === 'POST' && contentType.kind === 'batch') return { kind: 'batch' };
  throw unsupportedMethod(method);
}

function routineAction(routine: string, method: string): Action {
  if (method === 'GET') return { kind: 'call', routine, invocation: 'get' };
  if (method === 'HEAD') return { kind: 'call', routine, invocation: 'head' };
  if (method === 'POST') return { kind: 'call', routine, invocation: 'post' };
  if (method === 'OPTIONS') return { kind: 'info', of: 'routine', name: routine };
  throw rpcMethod(method);
}

function relationAction(relation: string, method: string): Action {
  if (method === 'GET' || method === 'HEAD') return { kind: 'read', relation, headersOnly: method === 'HEAD' };
  if (method === 'OPTIONS') return { kind: 'info', of: 'relation', name: relation };
  const mutation = mutations.get(method);
  if (mutation === undefined) throw unsupportedMethod(method);
  return { kind: 'mutate', relation, mutation };
}

/** The schema that the profile header names, or the first one; several schemas count as negotiated. */
export function parseSchema(
  method: string,
  header: (name: string) => string | null,
  schemas: readonly string[],
): { readonly schema: string; readonly negotiatedByProfile: boolean } {
  const profile = header(mutations.has(method) ? 'content-profile' : 'accept-profile');
  if (profile === null) return { schema: schemas[0] ?? 'public', negotiatedByProfile: schemas.length !== 1 };
  const schema = headerUtf8(profile);
  if (!schemas.includes(schema)) throw unacceptableSchema(schema, schemas);
  return { schema, negotiatedByProfile: true };
}
