import { invalidMergePatch } from '../errors/extension-errors.ts';
import { invalidBody } from '../errors/request-errors.ts';
import { isObject } from '../json-object.ts';
import { parseBatch } from './batch.ts';
import { readJson, refuseDepth } from './json-text.ts';
import { mimeOf } from './media-type.ts';
import { csvPayload, formPayload, formRow } from './tabular-body.ts';
import type { Action, MediaType, Payload } from './types.ts';

/** A body as the server got it: text or bytes that were read, a stream that was not, or none. */
export type Body = string | Uint8Array | ReadableStream<Uint8Array> | null;

/**
 * How the server should give a body: `none` where nothing will look at it; `stream` for rows that come one by one; `rows` for text that
 * may be a stream where it is long; `bytes` where the bytes matter; else text.
 */
export function bodyForm(action: Action, contentType: MediaType): 'none' | 'text' | 'bytes' | 'stream' | 'rows' {
  if (!takesBody(action)) return 'none';
  if (contentType.kind === 'ndjson') return 'stream';
  if (contentType.kind === 'csv' && action.kind === 'mutate' && action.mutation === 'insert') return 'rows';
  return contentType.kind === 'octets' || contentType.kind === 'text' || contentType.kind === 'xml' ? 'bytes' : 'text';
}

function takesBody(action: Action): boolean {
  switch (action.kind) {
    case 'mutate':
      return action.mutation !== 'delete';
    case 'call':
      return action.invocation === 'post';
    case 'batch':
      return true;
    default:
      return false;
  }
}

/** The body by its content type, or null where the action has none. `columns` tells that `columns=` was given and counts. */
export function parsePayload(body: Body, contentType: MediaType, action: Action, columns: boolean): Payload | null {
  if (!takesBody(action)) return null;
  if (action.kind === 'batch') return { kind: 'batch', operations: parseBatch(textOf(body)) };
  if (body instanceof ReadableStream) return streamed(body, contentType, action);
  return action.kind === 'call'
    ? callPayload(body, contentType, columns)
    : rowsPayload(body, contentType, action, columns);
}

function streamed(stream: ReadableStream<Uint8Array>, contentType: MediaType, action: Action): Payload {
  const insert = action.kind === 'mutate' && action.mutation === 'insert';
  if (insert && (contentType.kind === 'ndjson' || contentType.kind === 'csv'))
    return { kind: 'stream', format: contentType.kind, stream };
  throw notAcceptable(contentType);
}

function callPayload(body: string | Uint8Array | null, contentType: MediaType, columns: boolean): Payload {
  switch (contentType.kind) {
    case 'json':
      return jsonPayload(textOf(body), columns, true);
    case 'csv':
      return csvPayload(body ?? '');
    case 'form':
      return formPayload(textOf(body));
    case 'text':
    case 'xml':
    case 'octets':
      return { kind: 'raw', bytes: bytesOf(body) };
    default:
      throw notAcceptable(contentType);
  }
}

function rowsPayload(
  body: string | Uint8Array | null,
  contentType: MediaType,
  action: Action,
  columns: boolean,
): Payload {
  switch (contentType.kind) {
    case 'json':
      return jsonPayload(textOf(body), columns, false);
    case 'csv':
      return csvPayload(body ?? '');
    case 'form':
      return formRow(textOf(body));
    case 'merge-patch':
      if (action.kind === 'mutate' && action.mutation === 'update') return mergePatch(textOf(body));
      throw notAcceptable(contentType);
    case 'ndjson':
      return streamed(new Blob([bytesOf(body)]).stream(), contentType, action);
    default:
      throw notAcceptable(contentType);
  }
}

const notAcceptable = (contentType: MediaType) => invalidBody(`Content-Type not acceptable: ${mimeOf(contentType)}`);

// ------------------------------------------------------------------------------------------------------------------ JSON

function jsonPayload(text: string, columns: boolean, call: boolean): Payload {
  refuseDepth(text);
  if (columns) return { kind: 'json-unchecked', text };
  if (call && text === '') return { kind: 'json', text, keys: [] };
  return uniform(text, readJson(text));
}

/** Rows in an array must have the same keys; what is neither object nor array counts as no rows. */
function uniform(text: string, value: unknown): Payload {
  if (!Array.isArray(value)) return isObject(value) ? { kind: 'json', text, keys: keysOf(value) } : noRows;
  if (value.length === 0) return noRows;
  const [first] = value;
  if (!isObject(first)) throw keysDiffer();
  const keys = Object.keys(first);
  const known = new Set(keys);
  for (const row of value) if (!isObject(row) || !sameKeys(row, known)) throw keysDiffer();
  return { kind: 'json', text, keys: keys.sort() };
}

const noRows: Payload = Object.freeze({ kind: 'json', text: '[]', keys: Object.freeze([]) });
const keysDiffer = () => invalidBody('All object keys must match');

function sameKeys(row: object, known: ReadonlySet<string>): boolean {
  const keys = Object.keys(row);
  return keys.length === known.size && keys.every((key) => known.has(key));
}

function mergePatch(text: string): Payload {
  refuseDepth(text);
  const value = readJson(text);
  if (!isObject(value)) throw invalidMergePatch();
  return { kind: 'merge-patch', text, keys: keysOf(value) };
}

const keysOf = (row: object): readonly string[] => Object.keys(row).sort();

// ----------------------------------------------------------------------------------------------------------- text and bytes

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

function textOf(body: Body): string {
  if (typeof body === 'string') return body;
  if (!(body instanceof Uint8Array)) return '';
  try {
    return strict.decode(body);
  } catch {
    throw invalidBody('Empty or invalid json');
  }
}

function bytesOf(body: string | Uint8Array | null): Uint8Array<ArrayBuffer> {
  if (body === null) return new Uint8Array();
  return typeof body === 'string' ? encoder.encode(body) : new Uint8Array(body);
}
