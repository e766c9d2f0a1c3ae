/** What the studio's own routes answer, as JSON. The page reads these types too, so nothing is imported here. */

export interface CatalogSummary {
  readonly engine: string;
  readonly version: string;
  readonly tables: readonly TableSummary[];
  readonly functions: readonly string[];
  /** The page may ask for tokens of any role. */
  readonly canSign: boolean;
  readonly dev: boolean;
  readonly migrations: boolean;
  readonly timeLimits: TimeLimits;
  /** The first exposed schema: the one that needs no profile header. */
  readonly defaultSchema: string;
}

/** How long a statement of the console may run, in milliseconds; 0: without end. */
export interface TimeLimits {
  /** Where nobody asks for another. */
  readonly usual: number;
  /** The most that can be asked for. */
  readonly most: number;
}

export interface TableSummary {
  readonly schema: string;
  readonly name: string;
  readonly kind: string;
  readonly description: string | null;
  readonly primaryKey: readonly string[];
  readonly columns: readonly ColumnSummary[];
  readonly foreignKeys: readonly ForeignKeySummary[];
  readonly softDelete: { readonly column: string; readonly flag: string | null } | null;
  readonly insertable: boolean;
  readonly updatable: boolean;
  readonly deletable: boolean;
  readonly rowSecurity: boolean;
  /** ISO 8601 of when the change log began; null where changes are not recorded. */
  readonly auditedSince: string | null;
}

export interface ColumnSummary {
  readonly name: string;
  /** As declared: `character varying(20)`. */
  readonly type: string;
  /** Beneath domains, without modifiers. */
  readonly base: string;
  readonly nullable: boolean;
  readonly default: string | null;
  readonly enum: readonly string[];
  readonly isArray: boolean;
  readonly isJson: boolean;
  readonly writable: boolean;
  /** Postgres fills it in: an identity, a default, or a computed column. */
  readonly filled: boolean;
  readonly maxLength: number | null;
  readonly description: string | null;
}

export interface ForeignKeySummary {
  readonly name: string;
  readonly columns: readonly string[];
  readonly schema: string;
  readonly table: string;
  readonly foreignColumns: readonly string[];
}

export interface CountSummary {
  readonly schema: string;
  readonly table: string;
  readonly rows: number | null;
  readonly exact: boolean;
}

/** What a column holds. */
export interface ColumnStats {
  /** Rows that were looked at. */
  readonly rows: number;
  /** Not all rows were: the rest is of a sample. */
  readonly sampled: boolean;
  readonly nulls: number;
  /** Different values beside null. */
  readonly distinct: number;
  /** As text, cut at 200 characters; null where a type has no order. */
  readonly smallest: string | null;
  readonly largest: string | null;
  /** Values of more than one row, most common first. */
  readonly common: readonly { readonly value: string; readonly rows: number }[];
}

export interface SqlError {
  readonly message: string;
  readonly code: string;
  readonly detail: string | null;
  readonly hint: string | null;
  /** Index of the first character at fault in the whole text; null where Postgres did not say. */
  readonly position: number | null;
}

/** One statement of a run. */
export interface SqlOutcome {
  readonly text: string;
  /** Index of its first character in the whole text. */
  readonly offset: number;
  readonly command: string;
  /** Rows returned or affected. */
  readonly count: number;
  readonly fields: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** More rows than the limit: these are the first. */
  readonly truncated: boolean;
  /** Milliseconds, waiting for the database included. */
  readonly took: number;
  readonly error: SqlError | null;
}

export interface SqlRun {
  readonly outcomes: readonly SqlOutcome[];
  /** A transaction was left open, and so was rolled back. */
  readonly rolledBack: boolean;
}

/** A node of Postgres's `EXPLAIN (FORMAT JSON)`. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly Plans?: readonly PlanNode[];
  readonly [key: string]: unknown;
}

export interface ExplainedPlan {
  readonly Plan: PlanNode;
  readonly 'Planning Time'?: number;
  readonly 'Execution Time'?: number;
}

export interface Explained {
  readonly plan: ExplainedPlan | null;
  readonly error: SqlError | null;
}

export interface HistoryEntry {
  readonly id: number;
  readonly at: string;
  readonly operation: 'INSERT' | 'UPDATE' | 'DELETE';
  readonly old: Readonly<Record<string, unknown>> | null;
  readonly new: Readonly<Record<string, unknown>> | null;
  readonly actor: string | null;
  readonly role: string;
  readonly requestId: string | null;
  readonly transaction: string;
}

export interface LiveRequest {
  readonly kind: 'request';
  /** The studio asked; nobody who uses the application did. */
  readonly own: boolean;
  readonly seq: number;
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly status: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Milliseconds. */
  readonly took: number;
  /** From `Server-Timing`: each stage and its milliseconds, in order. */
  readonly stages: readonly (readonly [name: string, milliseconds: number])[];
  /** Headers that change what the request means. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of a small JSON body, while somebody watches and values may be shown. */
  readonly body: string | null;
  /** What an error said, on the same terms. */
  readonly answer: string | null;
}

export interface LiveQuery {
  readonly kind: 'query';
  /** The studio's, or what Hutch does of itself. */
  readonly own: boolean;
  readonly seq: number;
  /** The request it served, or what else it was on behalf of. */
  readonly label: string | null;
  readonly text: string;
  readonly startedAt: number;
  readonly waited: number;
  readonly took: number;
  readonly rows: number;
  /** How many statements shared the time in one write. */
  readonly shared: number;
  readonly error: string | null;
}

export type LiveEntry = LiveRequest | LiveQuery;

/** One query text, over all its runs that the studio has seen. */
export interface SlowQuery {
  readonly text: string;
  readonly own: boolean;
  readonly count: number;
  /** Milliseconds, all runs together. */
  readonly total: number;
  readonly mean: number;
  readonly p95: number;
  readonly max: number;
  readonly rows: number;
  readonly errors: number;
}

export interface MigrationEntry {
  readonly name: string;
  readonly label: string;
  readonly state: 'applied' | 'pending' | 'missing';
  readonly appliedAt: string | null;
  readonly edited: boolean;
  readonly outOfOrder: boolean;
  readonly down: 'exact' | 'irreversible' | 'none' | null;
  readonly sql: string | null;
  readonly downSql: string | null;
}

export interface MigrationsSummary {
  readonly ledger: string;
  readonly entries: readonly MigrationEntry[];
  /** Objects (functions, triggers, …) that `up` would apply or remove. */
  readonly objects: readonly string[];
  /** SQL that is in the database and in no migration yet. */
  readonly unsaved: readonly string[];
}

export interface DriftSummary {
  /** Between the live catalog and what the applied migrations lead to. */
  readonly differences: readonly DifferenceSummary[];
  readonly steps: readonly { readonly sql: string; readonly loses: string | null }[];
  /** What the schema files have that the database lacks, as SQL. */
  readonly missing: readonly string[];
  /** Why the schema files cannot be compared, where they cannot. */
  readonly schemaProblem: string | null;
  /** Why the migrations cannot be compared, where they cannot. */
  readonly problem: string | null;
}

export interface DifferenceSummary {
  /** `missing`: the database lacks it; `extra`: only the database has it; `changed`: both, in different forms. */
  readonly what: 'missing' | 'extra' | 'changed';
  readonly kind: string;
  readonly name: string;
  /** The fields that differ. */
  readonly fields: readonly string[];
}
