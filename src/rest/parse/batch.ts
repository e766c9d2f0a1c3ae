/**
 * Extension: several operations in one request and one transaction. A POST to the root with `application/vnd.hutch.batch+json`:
 *
 *     {"operations": [
 *       {"name": "ticket", "method": "POST", "path": "/tickets", "headers": {"Prefer": "return=representation"},
 *        "body": {"title": "Printer on fire"}},
 *       {"method": "POST", "path": "/comments", "body": {"ticket_id": {"$ref": "ticket/0/id"}, "text": "Noted"}},
 *       {"method": "PATCH", "path": "/tickets?id=eq.${ticket/0/id}", "body": {"status": "open"}}
 *     ]}
 *
 * A bare array of operations does as well. A reference is the name of an earlier operation and a path into its result, in the
 * manner of RFC 6901: `~1` is a slash, `~0` a tilde.
 */
import { invalidBatch, tooComplex, unresolvedReference } from '../errors/extension-errors.ts';
import { isObject } from '../json-object.ts';
import { readJson, refuseDepth } from './json-text.ts';
import { limits } from './limits.ts';
import type { BatchOperation, Method } from './types.ts';

const methods: readonly Method[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const isMethod = (value: unknown): value is Method => methods.some((method) => method === value);
const referenceInPath = /\$\{([^{}]+)\}/g;

export function parseBatch(text: string): readonly BatchOperation[] {
  refuseDepth(text);
  const json = readJson(text);
  const list = isObject(json) ? json.operations : json;
  if (!Array.isArray(list))
    throw invalidBatch('The body must be a list of operations, or an object with "operations".');
  if (list.length > limits.batchOperations) throw tooComplex('operations in a batch', limits.batchOperations);
  const earlier = new Set<string>();
  return Object.freeze(list.map((operation, index) => parseOperation(operation, index, earlier)));
}

function parseOperation(value: unknown, index: number, earlier: Set<string>): BatchOperation {
  const where = `Operation ${index + 1}`;
  if (!isObject(value)) throw invalidBatch(`${where} must be an object.`);
  const { name = null, method, path, body } = value;
  if (name !== null && (typeof name !== 'string' || !/^[\w-]+$/.test(name)))
    throw invalidBatch(`${where}: "name" must be made of letters, digits, _ and -.`);
  if (name !== null && earlier.has(name)) throw invalidBatch(`${where}: the name '${name}' is taken.`);
  if (!isMethod(method)) throw invalidBatch(`${where}: "method" must be one of ${methods.join(', ')}.`);
  if (typeof path !== 'string' || !path.startsWith('/'))
    throw invalidBatch(`${where}: "path" must start with a slash.`);
  const uses = operationsUsed(path, body, earlier);
  if (name !== null) earlier.add(name);
  return Object.freeze({ name, method, path, headers: parseHeaders(value.headers, where), body, uses });
}

function parseHeaders(value: unknown, where: string): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  if (!isObject(value)) throw invalidBatch(`${where}: "headers" must be an object.`);
  const headers = new Map<string, string>();
  for (const [name, header] of Object.entries(value)) {
    const valid =
      typeof header === 'string' && /^[!#$%&'*+\-.^_`|~\w]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(header);
    if (!valid) throw invalidBatch(`${where}: the header '${name}' is not valid.`);
    headers.set(name.toLowerCase(), header);
  }
  return Object.freeze(Object.fromEntries(headers));
}

// ------------------------------------------------------------------------------------------------------------ references

/** The earlier operations that are referred to; an error for any other. */
function operationsUsed(path: string, body: unknown, earlier: ReadonlySet<string>): readonly string[] {
  const used = new Set<string>();
  const use = (reference: string): string => {
    const [name = ''] = reference.split('/');
    if (!earlier.has(name)) throw unresolvedReference(reference);
    used.add(name);
    return '';
  };
  path.replace(referenceInPath, (_, reference: string) => use(reference));
  replaceReferences(body, use);
  return Object.freeze([...used]);
}

/** What `parseRequest` takes of a resolved operation. */
export interface ResolvedOperation {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** The operation with its references replaced; `resultOf` gives an earlier operation's result as parsed JSON. */
export function resolveOperation(operation: BatchOperation, resultOf: (name: string) => unknown): ResolvedOperation {
  const resolve = (reference: string): unknown => follow(reference, resultOf);
  const target = operation.path.replace(referenceInPath, (_, reference: string) =>
    encodeURIComponent(textOf(resolve(reference))),
  );
  const question = target.indexOf('?');
  const { method, headers, body } = operation;
  return {
    method,
    path: question < 0 ? target : target.slice(0, question),
    query: question < 0 ? '' : target.slice(question + 1),
    headers,
    body: body === undefined ? null : bodyText(replaceReferences(body, resolve)),
  };
}

const bodyText = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body));

function textOf(value: unknown): string {
  if (typeof value === 'string') return value.toWellFormed();
  return JSON.stringify(value);
}

function follow(reference: string, resultOf: (name: string) => unknown): unknown {
  const [name = '', ...steps] = reference.split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  let value = resultOf(name);
  for (const step of steps) {
    const holder: object = typeof value === 'object' && value !== null ? value : {};
    if (!Object.hasOwn(holder, step)) throw unresolvedReference(reference);
    value = Object.getOwnPropertyDescriptor(holder, step)?.value;
  }
  return value;
}

/** A copy with every `{"$ref": "…"}` replaced. */
function replaceReferences(value: unknown, replace: (reference: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((element) => replaceReferences(element, replace));
  if (!isObject(value)) return value;
  const keys = Object.keys(value);
  if (keys.length === 1 && typeof value.$ref === 'string') return replace(value.$ref);
  return Object.fromEntries(keys.map((key) => [key, replaceReferences(value[key], replace)]));
}
