/**
 * The rows that the catalog query gives, by the system catalogs' own terms: one-letter codes, attribute numbers, OIDs.
 * Lists are null where there is nothing in them.
 */
export interface CatalogRows {
  readonly version: string;
  readonly versionNumber: number;
  readonly schemas: readonly { readonly name: string; readonly description: string | null }[] | null;
  readonly tables: readonly TableRow[] | null;
  readonly columns: readonly ColumnRow[] | null;
  readonly constraints: readonly ConstraintRow[] | null;
  readonly outside: readonly OutsideRow[] | null;
  readonly indexes: readonly IndexRow[] | null;
  readonly types: readonly TypeRow[] | null;
  readonly routines: readonly RoutineRow[] | null;
  readonly views: readonly ViewRow[] | null;
  /** Source type, target type, function. */
  readonly casts: readonly (readonly [string, string, string])[] | null;
  /** Role, `name=value`. */
  readonly roles: readonly (readonly [string, string])[] | null;
  /** Names; null among them stands for any. */
  readonly settingsRead: readonly (string | null)[] | null;
  readonly settingsChanged: boolean;
  readonly settingsKept: boolean;
}

export interface TableRow {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly kind: 'r' | 'v' | 'm' | 'f' | 'p';
  readonly description: string | null;
  /** The bits of `pg_relation_is_updatable`, for views and foreign tables. */
  readonly updatable: number | null;
  readonly rowSecurity: boolean;
  /** It has the trigger that turns DELETE into an update. */
  readonly softDelete: boolean;
  readonly acl: readonly string[] | null;
  readonly rowType: number;
}

export type ColumnRow = readonly [
  table: number,
  position: number,
  name: string,
  type: number,
  modifier: number,
  /** Null where it is the type's own name. */
  declared: string | null,
  notNull: boolean,
  fallback: string | null,
  identity: '' | 'a' | 'd',
  generated: '' | 's' | 'v',
  description: string | null,
  updatable: boolean | null,
];

export interface ConstraintRow {
  readonly name: string;
  readonly type: 'p' | 'u' | 'f';
  readonly table: number;
  readonly key: readonly number[] | null;
  readonly foreignTable: number;
  readonly foreignKey: readonly number[] | null;
  readonly onDelete: string;
  readonly onUpdate: string;
  /** Copied from a partition's parent. */
  readonly inherited: boolean;
}

export interface OutsideRow {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly (readonly [number, string])[];
}

export interface IndexRow {
  readonly table: number;
  readonly name: string;
  readonly where: string | null;
  readonly key: readonly number[];
}

export interface TypeRow {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly display: string;
  /** `typtype`, or `w` for the row type of a relation. */
  readonly kind: 'b' | 'c' | 'd' | 'e' | 'p' | 'r' | 'm' | 'w';
  readonly element?: number;
  readonly domain?: {
    readonly type: number;
    readonly mod: number;
    readonly notNull: boolean;
    readonly default?: string;
  };
  readonly labels?: readonly string[];
  readonly attributes?: readonly { readonly name: string; readonly type: string; readonly typeOid: number }[];
  readonly description?: string;
}

export interface RoutineRow {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly kind: 'f' | 'a';
  readonly description: string | null;
  readonly names: readonly string[] | null;
  readonly modes: readonly string[] | null;
  /** Of all parameters, outputs included. */
  readonly types: readonly number[];
  readonly count: number;
  readonly defaults: number;
  readonly returns: number;
  readonly isSet: boolean;
  readonly rows: number;
  readonly volatility: 'v' | 's' | 'i';
  readonly isVariadic: boolean;
  readonly config: readonly string[] | null;
}

export interface ViewRow {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly exposed: boolean;
  readonly columns: readonly (readonly [number, string])[];
  /** `pg_rewrite.ev_action`: the view's query tree. */
  readonly definition: string;
}
