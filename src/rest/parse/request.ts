import { parseAccept } from './accept.ts';
import { parseAction, parseResource, parseSchema, type RootSettings } from './action.ts';
import { entityTags, headerUtf8, parseCookies } from './header-fields.ts';
import { json, parseMediaType } from './media-type.ts';
import { type Body, parsePayload } from './payload.ts';
import { parsePreferences } from './preferences.ts';
import { parseQuery, type Query } from './query.ts';
import { canonicalQuery } from './query-string.ts';
import { topLevelRange } from './ranges.ts';
import { requestShape } from './shape.ts';
import type { Action, ApiRequest, Conditions, MediaType, Method, Payload, Preferences, Range } from './types.ts';

/** What of `Headers` is needed. */
export interface RequestHeaders {
  get(name: string): string | null;
  forEach(visit: (value: string, name: string) => void): void;
}

export interface RequestInput {
  readonly method: string;
  /** Below the mount, as sent: percent-encoded, with its leading slash. */
  readonly path: string;
  /** As sent, without the question mark. */
  readonly query: string;
  readonly headers: RequestHeaders;
  /** In the form that `bodyForm` names. */
  readonly body: Body;
}

export interface ParseSettings extends RootSettings {
  /** `db-schemas`; never empty. */
  readonly schemas: readonly string[];
  /** `db-tx-end` lets clients choose. */
  readonly txOverride: boolean;
}

/** The part of a request that is known before its body is read. */
export interface RequestHead {
  readonly action: Action;
  readonly contentType: MediaType;
  readonly profile: Pick<ApiRequest, 'schema' | 'negotiatedByProfile'>;
}

/** What is asked for, and of what, so that it is known in which form the body should be read; throws what `parseRequest` would throw. */
export function parseHead(input: Omit<RequestInput, 'body'>, settings: ParseSettings): RequestHead {
  const { headers, method } = input;
  const contentType = contentTypeOf(headers);
  const resource = parseResource(input.path, settings, contentType);
  const profile = parseSchema(method, (name) => headers.get(name), settings.schemas);
  return { action: parseAction(resource, method, contentType), contentType, profile };
}

/**
 * URL, headers and body by the dialect's grammar; `head` where that was parsed already. Throws nothing but `DialectError`s; takes time in
 * proportion to the request's size. Mistakes are found in the dialect's order: path, schema, method, query, range, body.
 */
export function parseRequest(
  input: RequestInput,
  settings: ParseSettings,
  head: RequestHead = parseHead(input, settings),
): ApiRequest {
  const { headers, method } = input;
  const { action, contentType, profile } = head;
  const preferences = parsePreferences(headers.get('prefer'), settings.txOverride);
  const call = action.kind === 'call' && action.invocation !== 'post';
  const query = parseQuery(input.query, { call, cursor: preferences.cursor, reads: readsRows(action) });
  const range = topLevelRange(method, query.rows, headers.get('range'));
  const payload = parsePayload(input.body, contentType, action, columnsCount(action) && query.columns !== null);
  return new ParsedRequest(input, { ...profile, action, preferences, query, range, payload, contentType });
}

function contentTypeOf(headers: RequestHeaders): MediaType {
  const header = headers.get('content-type');
  return header === null ? json : parseMediaType(header);
}

/** Whether `columns=` means something to the action. */
function columnsCount(action: Action): boolean {
  if (action.kind === 'call') return action.invocation === 'post';
  return action.kind === 'mutate' && (action.mutation === 'insert' || action.mutation === 'update');
}

/** Whether embeds may have a range; a function's methods are told by what a call of it would mean. */
const readsRows = (action: Action): boolean =>
  action.kind === 'read' || action.kind === 'call' || (action.kind === 'info' && action.of === 'routine');

interface Parts {
  readonly action: Action;
  readonly schema: string;
  readonly negotiatedByProfile: boolean;
  readonly preferences: Preferences;
  readonly query: Query;
  readonly range: Range;
  readonly payload: Payload | null;
  readonly contentType: MediaType;
}

/** Headers, cookies, shape and the canonical query are only made when somebody asks. */
class ParsedRequest implements ApiRequest {
  readonly method: Method;
  readonly action: Action;
  readonly schema: string;
  readonly negotiatedByProfile: boolean;
  readonly select: ApiRequest['select'];
  readonly filters: ApiRequest['filters'];
  readonly logic: ApiRequest['logic'];
  readonly order: ApiRequest['order'];
  readonly range: Range;
  readonly embedRanges: ApiRequest['embedRanges'];
  readonly columns: ApiRequest['columns'];
  readonly onConflict: ApiRequest['onConflict'];
  readonly params: ApiRequest['params'];
  readonly filterNames: ApiRequest['filterNames'];
  readonly cursor: string | null;
  readonly payload: Payload | null;
  readonly payloadColumns: readonly string[];
  readonly preferences: Preferences;
  readonly accept: readonly MediaType[];
  readonly contentType: MediaType;
  readonly path: string;
  readonly literals: ApiRequest['literals'];
  readonly #headers: RequestHeaders;
  readonly #query: Query;

  constructor(input: RequestInput, parts: Parts) {
    const { query } = parts;
    // `parseAction` refused every other method.
    this.method = input.method as Method;
    this.action = parts.action;
    this.schema = parts.schema;
    this.negotiatedByProfile = parts.negotiatedByProfile;
    this.select = query.select;
    this.filters = query.filters;
    this.logic = query.logic;
    this.order = query.order;
    this.range = parts.range;
    this.embedRanges = query.embedRanges;
    this.columns = query.columns;
    this.onConflict = query.onConflict;
    this.params = query.params;
    this.filterNames = query.filterNames;
    this.cursor = query.cursor;
    this.payload = parts.payload;
    this.payloadColumns = payloadColumns(parts.payload, query.columns);
    this.preferences = parts.preferences;
    this.accept = parseAccept(input.headers.get('accept'));
    this.contentType = parts.contentType;
    this.path = input.path;
    this.literals = query.literals;
    this.#headers = input.headers;
    this.#query = query;
    Object.freeze(this);
  }

  get conditions(): Conditions {
    return {
      ifMatch: entityTags(this.#headers.get('if-match')),
      ifNoneMatch: entityTags(this.#headers.get('if-none-match')),
    };
  }

  get headers(): Readonly<Record<string, string>> {
    const headers: Record<string, string> = {};
    this.#headers.forEach((value, name) => {
      if (name !== 'cookie') headers[name] = headerUtf8(value);
    });
    return headers;
  }

  get cookies(): Readonly<Record<string, string>> {
    return parseCookies(this.#headers.get('cookie'));
  }

  get shape(): string {
    return requestShape(this, this.#headers, this.#query.shape);
  }

  canonicalQuery(): string {
    return canonicalQuery(this.#query.pairs);
  }
}

function payloadColumns(payload: Payload | null, columns: readonly string[] | null): readonly string[] {
  switch (payload?.kind) {
    case 'json':
    case 'form':
    case 'merge-patch':
      return payload.keys;
    case 'json-unchecked':
    case 'stream':
      return columns === null ? [] : [...columns].sort();
    default:
      return [];
  }
}
