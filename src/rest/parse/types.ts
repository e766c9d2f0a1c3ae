/**
 * The request as the dialect's grammar reads it: no schema, no SQL, no Postgres. Everything is read-only; the planner
 * turns it into plan nodes of its own.
 *
 * Structure and values are kept apart, so that a plan can be cached by the request's `shape`: wherever a user's value stands,
 * the tree holds a `Slot`, an index into `request.literals`; two requests with the same shape have the same tree, slot by slot.
 * What is not a literal (names, JSON paths, operators, casts, languages, `is` values) is structure and part of the shape.
 */

/** An index into `ApiRequest.literals`. */
export type Slot = number;

/** A value as the client wrote it (unquoted, unescaped); a list for `in`. */
export type Literal = string | readonly string[];

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';

// ---------------------------------------------------------------------------------------------------------------- action

export type Mutation = 'insert' | 'update' | 'upsert' | 'delete';

/** What is asked for. `upsert` is PUT (one row by its key); an insert with `resolution=` is still an `insert`. */
export type Action =
  | { readonly kind: 'read'; readonly relation: string; readonly headersOnly: boolean }
  | { readonly kind: 'mutate'; readonly relation: string; readonly mutation: Mutation }
  | { readonly kind: 'call'; readonly routine: string; readonly invocation: 'get' | 'head' | 'post' }
  /** The root: the OpenAPI document. */
  | { readonly kind: 'schema'; readonly headersOnly: boolean }
  /** OPTIONS. */
  | { readonly kind: 'info'; readonly of: 'relation' | 'routine'; readonly name: string }
  | { readonly kind: 'info'; readonly of: 'schema' }
  /** Extension: several operations in one transaction; a POST to the root with the batch media type. */
  | { readonly kind: 'batch' };

// ---------------------------------------------------------------------------------------------------------------- fields

/** `->` or `->>` with a key or an array index; an index carries its sign (`+1`, `-2`). */
export interface JsonStep {
  readonly arrow: '->' | '->>';
  readonly operand: 'key' | 'index';
  readonly value: string;
}

export interface Field {
  readonly name: string;
  /** Empty where the column itself is meant. */
  readonly path: readonly JsonStep[];
}

// ---------------------------------------------------------------------------------------------------------------- select

export type Aggregate = 'sum' | 'avg' | 'max' | 'min' | 'count';
export type JoinType = 'inner' | 'left';

export type SelectItem =
  /** `*` */
  | { readonly kind: 'star' }
  /** `alias:name->path::cast.aggregate()::aggregateCast` */
  | {
      readonly kind: 'field';
      readonly field: Field;
      readonly alias: string | null;
      readonly cast: string | null;
      readonly aggregate: Aggregate | null;
      readonly aggregateCast: string | null;
    }
  /** `alias:count()::aggregateCast`: counts rows. */
  | { readonly kind: 'count'; readonly alias: string | null; readonly aggregateCast: string | null }
  /** `alias:relation!hint!inner(…)`; an empty `items` embeds nothing but still joins. */
  | {
      readonly kind: 'relation';
      readonly relation: string;
      readonly alias: string | null;
      readonly hint: string | null;
      readonly join: JoinType | null;
      readonly items: readonly SelectItem[];
    }
  /** `...relation!hint(…)` */
  | {
      readonly kind: 'spread';
      readonly relation: string;
      readonly hint: string | null;
      readonly join: JoinType | null;
      readonly items: readonly SelectItem[];
    };

// --------------------------------------------------------------------------------------------------------------- filters

/** Operators that take `(any)` and `(all)`. */
export type QuantifiableOperator = 'eq' | 'gte' | 'gt' | 'lte' | 'lt' | 'like' | 'ilike' | 'match' | 'imatch';
export type SimpleOperator = 'neq' | 'cs' | 'cd' | 'ov' | 'sl' | 'sr' | 'nxr' | 'nxl' | 'adj';
export type SearchOperator = 'fts' | 'plfts' | 'phfts' | 'wfts';
export type IsValue = 'null' | 'not_null' | 'true' | 'false' | 'unknown';

/** Each slot is a single string, but for `in`, whose slot is a list. */
export type Operation =
  | { readonly kind: 'simple'; readonly operator: SimpleOperator; readonly slot: Slot }
  | {
      readonly kind: 'quantifiable';
      readonly operator: QuantifiableOperator;
      readonly quantifier: 'any' | 'all' | null;
      readonly slot: Slot;
    }
  | { readonly kind: 'in'; readonly slot: Slot }
  | { readonly kind: 'is'; readonly value: IsValue }
  | { readonly kind: 'isdistinct'; readonly slot: Slot }
  | {
      readonly kind: 'search';
      readonly operator: SearchOperator;
      readonly language: string | null;
      readonly slot: Slot;
    };

export interface Filter {
  readonly field: Field;
  readonly negated: boolean;
  readonly operation: Operation;
}

/** A filter at an embed level; `path` is empty at the top level. `path` names aliases or relations, outermost first. */
export interface FilterAt extends Filter {
  readonly path: readonly string[];
}

export type LogicTree =
  | { readonly kind: 'filter'; readonly filter: Filter }
  | {
      readonly kind: 'logic';
      readonly operator: 'and' | 'or';
      readonly negated: boolean;
      readonly children: readonly LogicTree[];
    };

export interface LogicAt {
  readonly path: readonly string[];
  readonly tree: LogicTree;
}

// ----------------------------------------------------------------------------------------------------------------- order

export interface OrderTerm {
  /** `relation(field)`: orders by a column of a to-one embed, named by alias or relation; null for an own column. */
  readonly relation: string | null;
  readonly field: Field;
  readonly direction: 'asc' | 'desc' | null;
  readonly nulls: 'first' | 'last' | null;
}

export interface OrderAt {
  readonly path: readonly string[];
  readonly terms: readonly OrderTerm[];
}

// ---------------------------------------------------------------------------------------------------------------- ranges

/**
 * To the shape belong a `limit` that is a usual size of a page, whether there is one, whether `offset` is 0, and how far the two reach (see
 * `reachOf`); all else are values.
 * Integers: safe ones, or beyond what Postgres takes. Inside embeds they may be negative, as the client wrote them; at the top level never.
 */
export interface Range {
  readonly limit: number | null;
  readonly offset: number;
}

export interface RangeAt extends Range {
  readonly path: readonly string[];
}

// ----------------------------------------------------------------------------------------------------------- preferences

export interface Preferences {
  readonly resolution: 'merge-duplicates' | 'ignore-duplicates' | null;
  readonly return: 'representation' | 'minimal' | 'headers-only' | null;
  readonly count: 'exact' | 'planned' | 'estimated' | null;
  /** Null too where `db-tx-end` allows no override. */
  readonly tx: 'commit' | 'rollback' | null;
  readonly missing: 'default' | 'null' | null;
  readonly handling: 'strict' | 'lenient' | null;
  /** As written; whether Postgres knows it is the planner's to ask. */
  readonly timezone: string | null;
  readonly maxAffected: number | null;
  /** Extension: soft-deleted rows, for reads and filters. Null: hidden. */
  readonly deleted: 'include' | 'only' | null;
  /** Extension: what DELETE does on a table with soft delete. Null: soft. */
  readonly delete: 'soft' | 'restore' | 'purge' | null;
  /** Extension: keyset cursors: next-page links. */
  readonly cursor: boolean;
  /** Unknown preferences, in order: an error with `handling=strict`. */
  readonly unknown: readonly string[];
}

// ----------------------------------------------------------------------------------------------------------- media types

export type PlanOption = 'analyze' | 'verbose' | 'settings' | 'buffers' | 'wal';

export type MediaType =
  | {
      readonly kind:
        | 'json'
        | 'geojson'
        | 'csv'
        | 'text'
        | 'xml'
        | 'openapi'
        | 'form'
        | 'octets'
        | 'any'
        /** `application/vnd.pgrst.array+json;nulls=stripped` */
        | 'array-stripped'
        /** Extension: `application/x-ndjson` */
        | 'ndjson'
        /** Extension: `application/merge-patch+json` */
        | 'merge-patch'
        /** Extension: `application/vnd.hutch.batch+json` */
        | 'batch';
    }
  /** `application/vnd.pgrst.object+json` */
  | { readonly kind: 'object'; readonly stripped: boolean }
  | {
      readonly kind: 'plan';
      readonly of: MediaType;
      readonly format: 'json' | 'text';
      readonly options: readonly PlanOption[];
    }
  /** As the client wrote it: a custom media type handler may serve it. */
  | { readonly kind: 'other'; readonly mime: string };

// --------------------------------------------------------------------------------------------------------------- payload

/** The body of a mutation or a POST call. Bodies are values; `keys` (sorted, distinct) are structure. */
export type Payload =
  /** JSON text that is an object, or an array of objects with the same keys (CSV bodies come as this too). */
  | { readonly kind: 'json'; readonly text: string; readonly keys: readonly string[] }
  /** JSON text that was not looked at, because `columns=` names the keys. */
  | { readonly kind: 'json-unchecked'; readonly text: string }
  /** A form body to a function. Pairs in order; a repeated key makes a variadic argument's elements. */
  | { readonly kind: 'form'; readonly pairs: readonly (readonly [string, string])[]; readonly keys: readonly string[] }
  /** The body as it is, for a function with one unnamed `text`, `xml` or `bytea` parameter. */
  | { readonly kind: 'raw'; readonly bytes: Uint8Array }
  /** Extension: RFC 7396, one object; merged into JSONB columns. */
  | { readonly kind: 'merge-patch'; readonly text: string; readonly keys: readonly string[] }
  /** Extension: rows as they come, in bounded memory. */
  | { readonly kind: 'stream'; readonly format: 'ndjson' | 'csv'; readonly stream: ReadableStream<Uint8Array> }
  /** Extension. */
  | { readonly kind: 'batch'; readonly operations: readonly BatchOperation[] };

/**
 * One operation of a batch: `{"name": "ticket", "method": "POST", "path": "/tickets?select=id", "headers": {…}, "body": …}`.
 * Inside `body`, `{"$ref": "ticket/0/id"}` stands for a value of an earlier operation's result; inside `path`,
 * `${ticket/0/id}` does. With `resolveOperation(operation, resultOf)` it becomes an input of `parseRequest`.
 */
export interface BatchOperation {
  readonly name: string | null;
  readonly method: Method;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON, references in place; undefined where there is none. */
  readonly body: unknown;
  /** Names of the earlier operations that it refers to. */
  readonly uses: readonly string[];
}

// -------------------------------------------------------------------------------------------------------------- request

/** Conditional request headers (RFC 9110): entity tags as written, quotes and `W/` included; `*` alone where any matches. */
export interface Conditions {
  readonly ifMatch: readonly string[] | null;
  readonly ifNoneMatch: readonly string[] | null;
}

export interface ApiRequest {
  readonly method: Method;
  readonly action: Action;
  /** The schema that the profile headers chose, or the first of `db-schemas`. */
  readonly schema: string;
  /** The response must say `Content-Profile`. */
  readonly negotiatedByProfile: boolean;
  /** `[{ kind: 'star' }]` where `select=` is absent; empty where it is `select=`. */
  readonly select: readonly SelectItem[];
  /** Horizontal filters of every level, in the order in which they came. */
  readonly filters: readonly FilterAt[];
  readonly logic: readonly LogicAt[];
  /** For a level named twice the first one holds. */
  readonly order: readonly OrderAt[];
  /** `limit`, `offset` and the `Range` header combined, for the top level. */
  readonly range: Range;
  /** `limit` and `offset` of embeds. */
  readonly embedRanges: readonly RangeAt[];
  /** `columns=`; null where absent. Distinct. */
  readonly columns: readonly string[] | null;
  readonly onConflict: readonly string[] | null;
  /** Arguments of a GET or HEAD call, in order, duplicates kept; their values are literals. */
  readonly params: readonly { readonly name: string; readonly slot: Slot }[];
  /** Every parameter name that is a filter or an argument, undivided (`a.b`): what PUT and function lookup want. */
  readonly filterNames: readonly string[];
  /** Extension: the `cursor=` parameter: where a keyset page starts. */
  readonly cursor: string | null;
  readonly payload: Payload | null;
  /**
   * The columns that a mutation writes or the arguments that a POST call gives: `columns=` where it counts, else the
   * payload's keys. Distinct, sorted.
   */
  readonly payloadColumns: readonly string[];
  readonly preferences: Preferences;
  /** What the client accepts, best first; `[{ kind: 'any' }]` without an Accept header. Never empty. */
  readonly accept: readonly MediaType[];
  readonly contentType: MediaType;
  readonly conditions: Conditions;
  /** For `request.headers` (names in lower case, cookies left out), `request.cookies`, `request.path`, `request.method`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: Readonly<Record<string, string>>;
  /** Path below the mount, still percent-encoded, with its leading slash. */
  readonly path: string;
  /** The query canonicalized as the dialect does (sorted by name, re-encoded), for `Content-Location`. Made when asked for. */
  canonicalQuery(): string;
  readonly literals: readonly Literal[];
  /** Equal for two requests whose trees differ at most in literals, ranges' numbers and the body. */
  readonly shape: string;
}
