/**
 * A plan: what will be asked of the database, as frozen data. Names are checked, relationships chosen, media type negotiated:
 * nothing in it can be the user's mistake any more, so `compile/` is total over it. The user's values do not live here: a
 * plan says where each comes from (`Value`), so one plan, and one compiled statement, serve every request of the same shape.
 */
import type { MediaType } from '../parse/types.ts';

/** A schema-qualified name; an empty schema leaves it to the search path. */
export interface Qualified {
  readonly schema: string;
  readonly name: string;
}

/**
 * Where a parameter's value comes from once a request is at hand; see `compile/bind.ts`.
 *
 * - `literal`: the text of `literals[slot]`; `pattern`: the same with `*` for `%`; `list`: an array literal of it
 * - `variadic`: an array literal of several literals, one for each element; `arguments`: a JSON object of named literals
 * - `form`: the last (or, variadic, every) value of a form body's key; `form-json`: the whole form as a JSON object
 * - `body`: the payload's text; `raw`: its bytes as they came
 * - `limit`, `offset`: of the top level (`level` -1) or of `embedRanges[level]`; a limit at most `max`
 * - `cursor`: one of the cursor's values; `last-row`: how many rows stand before the page's last one
 * - `max-affected`: the preference's number
 * - `text`: fixed text that is part of the request's shape, such as a text search configuration or a usual limit
 */
export type Value =
  | { readonly from: 'literal' | 'pattern' | 'list'; readonly slot: number }
  | { readonly from: 'variadic'; readonly slots: readonly number[] }
  | { readonly from: 'arguments'; readonly of: readonly (readonly [string, number])[] }
  | { readonly from: 'form'; readonly key: string; readonly variadic: boolean }
  | { readonly from: 'form-json' }
  | { readonly from: 'body' | 'raw' | 'max-affected' }
  | { readonly from: 'limit'; readonly level: number; readonly max: number | null }
  | { readonly from: 'offset'; readonly level: number }
  | { readonly from: 'cursor'; readonly index: number }
  | { readonly from: 'last-row'; readonly max: number | null }
  | { readonly from: 'text'; readonly text: string };

/** One `->` or `->>` step; an index is signed text such as `+1` or `-2`. */
export interface JsonStep {
  readonly arrow: '->' | '->>';
  readonly operand: 'key' | 'index';
  readonly value: string;
}

/** A column, computed column or other nameable thing, with the coercion its place in the statement needs. */
export interface Field {
  /** `*` stands for all columns. */
  readonly name: string;
  readonly path: readonly JsonStep[];
  /** The column is not JSON itself, so a path goes through `to_jsonb`. */
  readonly toJson: boolean;
  /** The column is searched through `to_tsvector(language?, column)`. */
  readonly textSearch: { readonly language: Value | null } | null;
  /** Its type as declared (domains by their own name), empty where unknown. */
  readonly type: string;
  /** Its type beneath domains. */
  readonly baseType: string;
  /** The function of a domain representation, already quoted by the database. */
  readonly transform: string | null;
  /** The column's default expression. */
  readonly fallback: string | null;
  /** Stands for the whole row: `count()` inside a spread counts rows of that table only. */
  readonly wholeRow: boolean;
}

export type Aggregate = 'sum' | 'avg' | 'max' | 'min' | 'count';

export interface SelectField {
  readonly field: Field;
  readonly aggregate: Aggregate | null;
  readonly aggregateCast: string | null;
  readonly cast: string | null;
  readonly alias: string | null;
}

export type Comparison = 'neq' | 'cs' | 'cd' | 'ov' | 'sl' | 'sr' | 'nxr' | 'nxl' | 'adj';
export type Quantifiable = 'eq' | 'gte' | 'gt' | 'lte' | 'lt' | 'like' | 'ilike' | 'match' | 'imatch';
export type TextSearch = 'fts' | 'plfts' | 'phfts' | 'wfts';
export type IsValue = 'null' | 'not_null' | 'true' | 'false' | 'unknown';

export type Operation =
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly value: Value }
  | {
      readonly kind: 'quantified';
      readonly operator: Quantifiable;
      readonly quantifier: 'any' | 'all' | null;
      readonly value: Value;
    }
  | { readonly kind: 'in'; readonly values: Value }
  | { readonly kind: 'is'; readonly value: IsValue }
  | { readonly kind: 'isdistinct'; readonly value: Value }
  | { readonly kind: 'search'; readonly operator: TextSearch; readonly language: Value | null; readonly value: Value };

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly not: boolean; readonly of: readonly Condition[] }
  | { readonly kind: 'filter'; readonly not: boolean; readonly field: Field; readonly operation: Operation }
  /** `is.null` (or not) on an embed: the anti-join and the semi-join. */
  | { readonly kind: 'embed'; readonly not: boolean; readonly embed: string }
  /** A keyset, `(a, b) > (x, y)`: what `or=(a.gt.x,and(a.eq.x,b.gt.y))` means, in the form that an index answers. */
  | {
      readonly kind: 'keyset';
      readonly not: boolean;
      readonly fields: readonly Field[];
      readonly operator: '<' | '<=' | '>' | '>=';
      readonly values: readonly Value[];
    };

export interface OrderTerm {
  readonly field: Field;
  /** The embed's join alias, where the order goes by a related column. */
  readonly embed: string | null;
  readonly direction: 'asc' | 'desc' | null;
  readonly nulls: 'first' | 'last' | null;
}

/** Rows wanted; a null limit is none, a null offset 0. A limit of fixed text stands in the statement, see `isPageSize`. */
export interface Range {
  readonly limit: Value | null;
  readonly offset: Value | null;
  /** Where one of them is a parameter: rows among which all that are wanted are. */
  readonly within: Value | null;
}

export interface JoinCondition {
  readonly left: { readonly table: Qualified; readonly column: string };
  readonly right: { readonly table: Qualified; readonly column: string };
  /** What the parent's row leads to is looked up row by row, never hashed or merged; see `plan/page.ts`. */
  readonly lookup: boolean;
}

export interface SpreadField {
  readonly name: string;
  readonly aggregate: Aggregate | null;
  readonly aggregateCast: string | null;
  readonly alias: string | null;
}

/** How a child shows in its parent's row. */
export type Embed =
  | {
      readonly kind: 'object' | 'array';
      readonly name: string;
      readonly aggAlias: string;
      /** Selects nothing: joined for its filters only, and not shown. */
      readonly empty: boolean;
    }
  | { readonly kind: 'spread'; readonly fields: readonly SpreadField[]; readonly aggAlias: string };

export type Spread =
  | { readonly kind: 'one' }
  | {
      readonly kind: 'many';
      /** Columns selected only to order the aggregated lists by. */
      readonly extra: readonly { readonly embed: string | null; readonly select: SelectField }[];
      readonly order: readonly OrderTerm[];
    };

/** Where a node's rows come from. */
export type Source =
  | { readonly kind: 'table'; readonly name: Qualified; readonly junction: Qualified | null }
  /** A computed relationship: a function of the parent's row. */
  | {
      readonly kind: 'function';
      readonly name: Qualified;
      /** The parent's alias in the statement, cast to `table` for the sake of overloads. */
      readonly argument: string;
      readonly table: Qualified;
    };

/** Rows that are cut to the range before anything is joined to them, see `plan/page.ts`. */
export interface Page {
  /** The name by which its rows are reached from outside. */
  readonly alias: string;
  readonly select: readonly SelectField[];
}

export interface ReadPlan {
  readonly source: Source;
  readonly alias: string | null;
  readonly select: readonly SelectField[];
  readonly where: readonly Condition[];
  /** What follows a cursor: ranges of an index, one behind the other; empty without a cursor. Not what a count counts by. */
  readonly start: readonly Condition[];
  readonly joins: readonly JoinCondition[];
  readonly order: readonly OrderTerm[];
  readonly range: Range | null;
  /** Null where the embeds have a say in which rows there are. */
  readonly page: Page | null;
  /** This node's alias where the parent joins it. */
  readonly aggAlias: string;
  readonly inner: boolean;
  readonly spread: Spread | null;
  readonly embeds: readonly Embed[];
  readonly children: readonly ReadPlan[];
}

export interface InsertPlan {
  readonly kind: 'insert';
  readonly table: Qualified;
  readonly columns: readonly Field[];
  readonly body: Value;
  readonly bodyIsObject: boolean;
  readonly conflict: {
    readonly merge: boolean;
    readonly columns: readonly string[];
    /** The predicate of the partial unique index that is meant, as SQL. */
    readonly where: string | null;
    /** Columns that bring a deleted row back to life when the conflict is with one. */
    readonly revive: MarkPlan['set'];
  } | null;
  /** `resolution=merge-duplicates` was asked for (PUT merges, but does not ask). */
  readonly countInserted: boolean;
  /** PUT: the key's conditions, which the payload must meet. */
  readonly put: readonly Condition[];
  readonly returning: readonly string[];
  readonly keys: readonly string[];
  /** `missing=default`: absent keys take the column's default. */
  readonly defaults: boolean;
}

/** One object of a merge patch: keys to take away, to set, and to merge into. */
export interface PatchTree {
  readonly remove: readonly string[];
  readonly set: readonly string[];
  readonly merge: readonly { readonly key: string; readonly tree: PatchTree }[];
}

/** A JSON column that is merged into instead of being replaced. */
export interface JsonMerge {
  readonly column: string;
  /** `jsonb` rather than `json`. */
  readonly binary: boolean;
  readonly tree: PatchTree;
}

export interface UpdatePlan {
  readonly kind: 'update';
  readonly table: Qualified;
  readonly columns: readonly Field[];
  readonly merges: readonly JsonMerge[];
  readonly body: Value;
  readonly bodyIsObject: boolean;
  readonly where: readonly Condition[];
  readonly returning: readonly string[];
  readonly defaults: boolean;
}

export interface DeletePlan {
  readonly kind: 'delete';
  readonly table: Qualified;
  readonly where: readonly Condition[];
  readonly returning: readonly string[];
}

/** A soft delete, or its opposite: rows are marked, or unmarked, and stay. */
export interface MarkPlan {
  readonly kind: 'mark';
  readonly table: Qualified;
  readonly set: readonly { readonly column: string; readonly to: 'now' | 'null' | 'true' | 'false' }[];
  readonly where: readonly Condition[];
  readonly returning: readonly string[];
}

export type MutationPlan = InsertPlan | UpdatePlan | DeletePlan | MarkPlan;

export interface CallArgument {
  readonly name: string;
  /** Its type without a length limit, as SQL. */
  readonly type: string;
  readonly variadic: boolean;
  /** The value where it came in the URL or a form; null reads it from the JSON body. */
  readonly value: Value | null;
}

export interface CallPlan {
  readonly name: Qualified;
  readonly arguments:
    | { readonly kind: 'none' }
    /** Each from its own value. */
    | { readonly kind: 'direct'; readonly of: readonly CallArgument[] }
    /** Picked from a JSON body. */
    | {
        readonly kind: 'json';
        readonly of: readonly CallArgument[];
        readonly body: Value;
        readonly bodyIsObject: boolean;
      }
    /** The whole body as one unnamed parameter of this type. */
    | { readonly kind: 'single'; readonly type: string; readonly body: Value };
  readonly scalar: boolean;
  readonly setOfScalar: boolean;
  /** One row by its declaration: not `SETOF`, not `TABLE`. */
  readonly single: boolean;
  readonly singleComposite: boolean;
  readonly returnsVoid: boolean;
  readonly columns: readonly string[];
}

/** How rows become a body. */
export type Handler =
  | { readonly kind: 'json' }
  | { readonly kind: 'json-stripped' }
  | { readonly kind: 'object'; readonly stripped: boolean }
  | { readonly kind: 'csv' }
  | { readonly kind: 'geojson' }
  /** An aggregate or a media type domain; `target` is the row type it takes, null for any element. */
  | { readonly kind: 'custom'; readonly function: Qualified; readonly target: Qualified | null }
  | { readonly kind: 'none' };

export type Count = 'exact' | 'planned' | 'estimated';
export type Isolation = 'read committed' | 'repeatable read' | 'serializable';

/** What must hold after the statement, or everything is rolled back. */
export interface Guard {
  /** Exactly one row: the singular media type, and PUT. */
  readonly exactlyOne: 'singular' | 'put' | null;
  readonly maxAffected: Value | null;
}

interface Planned {
  /** Extensions that made a difference, for `Preference-Applied`. */
  readonly softDelete: boolean;
  readonly media: MediaType;
  readonly handler: Handler;
  /** EXPLAIN instead of run. */
  readonly explain: { readonly format: 'json' | 'text'; readonly options: readonly string[] } | null;
  readonly read: ReadPlan;
  readonly count: Count | null;
  /** `db-max-rows`. */
  readonly maxRows: number | null;
  readonly guard: Guard;
  /** Settings of the plan's own that hold for the whole transaction. */
  readonly settings: readonly (readonly [string, string])[];
  /** Aliased embeds that were addressed by their table's name: deprecated, so the response warns. */
  readonly legacyNames: readonly { readonly name: string; readonly alias: string }[];
}

/** A page that says where the next one starts. */
export interface CursorPlan {
  /** The order's own description: a cursor of another order does not fit. */
  readonly signature: string;
  readonly fields: readonly Field[];
}

export interface ReadStatementPlan extends Planned {
  readonly kind: 'read';
  readonly cursor: CursorPlan | null;
  readonly target: Qualified;
  readonly headersOnly: boolean;
}

export interface MutationStatementPlan extends Planned {
  readonly kind: 'mutation';
  readonly target: Qualified;
  readonly method: 'insert' | 'update' | 'upsert' | 'delete';
  readonly mutation: MutationPlan;
  /** A `Location` is wanted: `return=headers-only` on an insert. */
  readonly location: boolean;
  /** The table's primary key is known, or `on_conflict` was given: `resolution=` was honoured. */
  readonly resolvable: boolean;
}

export interface CallStatementPlan extends Planned {
  readonly kind: 'call';
  readonly target: Qualified;
  readonly call: CallPlan;
  readonly headersOnly: boolean;
  readonly readOnly: boolean;
  readonly isolation: Isolation | null;
}

export type StatementPlan = ReadStatementPlan | MutationStatementPlan | CallStatementPlan;

/** The description of a schema: OpenAPI 2.0 at the root, as the dialect has it, 3.1 beside it. */
export interface InspectPlan {
  readonly kind: 'inspect';
  readonly schema: string;
  readonly headersOnly: boolean;
}

/** OPTIONS: which methods there are; no database needed. */
export interface InfoPlan {
  readonly kind: 'info';
  readonly allow: readonly string[];
}

export type Plan = StatementPlan | InspectPlan | InfoPlan;
