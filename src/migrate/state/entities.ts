/**
 * What a database's schema consists of, as Postgres itself prints it, with everything qualified. Entities keep their OID: a renamed
 * table is still the same one, so within one database renames are seen, never guessed.
 */
interface Named {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
}

interface Commented {
  readonly comment: string | null;
}

interface Granted {
  /** `grantee:PRIVILEGE`, with `*` behind it where it may be granted on; the owner's own are left out. Sorted. */
  readonly acl: readonly string[];
}

export interface SchemaEntity extends Commented, Granted {
  readonly oid: number;
  readonly name: string;
}

export interface ExtensionEntity {
  readonly oid: number;
  readonly name: string;
  readonly schema: string;
}

export interface EnumEntity extends Named, Commented {
  readonly labels: readonly string[];
}

export interface DomainEntity extends Named, Commented {
  readonly base: string;
  readonly notNull: boolean;
  readonly default: string | null;
  readonly collation: string | null;
  readonly checks: readonly { readonly name: string; readonly def: string }[];
}

export interface CompositeEntity extends Named, Commented {
  readonly attributes: readonly { readonly name: string; readonly type: string }[];
}

export interface SequenceOptions {
  readonly start: string;
  readonly increment: string;
  readonly min: string;
  readonly max: string;
  readonly cache: string;
  readonly cycle: boolean;
}

export interface SequenceEntity extends Named, Commented, Granted, SequenceOptions {
  readonly type: string;
  /** `"schema"."table"."column"` that owns it, as `serial` does. */
  readonly ownedBy: string | null;
}

export interface TableEntity extends Named, Commented, Granted {
  readonly partitioned: boolean;
  readonly unlogged: boolean;
  readonly rls: boolean;
  readonly forceRls: boolean;
  readonly options: readonly string[];
  readonly partitionKey: string | null;
  readonly partitionBound: string | null;
  /** Qualified, quoted names of the tables it inherits from or is a partition of. */
  readonly parents: readonly string[];
  /** d(efault), n(othing), f(ull), i(ndex). */
  readonly replicaIdentity: string;
}

export interface Identity extends SequenceOptions {
  readonly always: boolean;
  readonly sequence: string;
}

export interface ColumnEntity extends Commented {
  readonly table: number;
  /** `attnum`: survives a rename. */
  readonly number: number;
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly default: string | null;
  /** The expression of `GENERATED ALWAYS AS`, with its kind. */
  readonly generated: { readonly expression: string; readonly stored: boolean } | null;
  readonly identity: Identity | null;
  readonly collation: string | null;
  readonly acl: readonly string[];
}

/** What hangs on a table and has a definition of its own. */
export interface TablePart {
  readonly oid: number;
  readonly table: number;
  readonly name: string;
  readonly def: string;
}

export interface ConstraintEntity extends TablePart, Commented {
  /** p(rimary), u(nique), c(heck), f(oreign), x (exclusion). */
  readonly type: string;
  /** The table that a foreign key points to. */
  readonly references: number | null;
  /** Numbers of the table's columns in it; null where it has none. */
  readonly keys: readonly number[] | null;
  /** Numbers of the columns that a foreign key points to. */
  readonly referencedKeys: readonly number[] | null;
}

export interface IndexEntity extends TablePart, Commented {
  readonly schema: string;
  readonly valid: boolean;
}

export interface TriggerEntity extends TablePart, Commented {
  /** O(rigin), D(isabled), R(eplica), A(lways). */
  readonly enabled: string;
}

export interface PolicyEntity extends TablePart, Commented {}

export interface RuleEntity extends TablePart {}

export interface ViewEntity extends Named, Commented, Granted {
  readonly materialized: boolean;
  readonly def: string;
  readonly options: readonly string[];
}

export interface FunctionEntity extends Named, Commented, Granted {
  /** f(unction), p(rocedure), w(indow). */
  readonly kind: string;
  /** Argument types as `DROP FUNCTION` wants them. */
  readonly args: string;
  readonly result: string | null;
  readonly def: string;
}

export interface RoleEntity {
  readonly oid: number;
  readonly name: string;
  readonly attributes: string;
}

/** Kinds that are seen but not derived: publications, casts, statistics, event triggers and the like. */
export interface OtherEntity {
  readonly kind: string;
  readonly name: string;
}

/** A view, policy or trigger that stands on a table or one of its columns (`column` 0: the table as a whole). */
export interface Dependency {
  readonly kind: 'view' | 'policy' | 'trigger';
  readonly oid: number;
  readonly table: number;
  readonly column: number;
}

export interface SchemaState {
  readonly schemas: readonly SchemaEntity[];
  readonly extensions: readonly ExtensionEntity[];
  readonly enums: readonly EnumEntity[];
  readonly domains: readonly DomainEntity[];
  readonly composites: readonly CompositeEntity[];
  readonly sequences: readonly SequenceEntity[];
  readonly tables: readonly TableEntity[];
  readonly columns: readonly ColumnEntity[];
  readonly constraints: readonly ConstraintEntity[];
  readonly indexes: readonly IndexEntity[];
  readonly triggers: readonly TriggerEntity[];
  readonly policies: readonly PolicyEntity[];
  readonly rules: readonly RuleEntity[];
  readonly views: readonly ViewEntity[];
  readonly functions: readonly FunctionEntity[];
  readonly roles: readonly RoleEntity[];
  readonly others: readonly OtherEntity[];
  readonly dependencies: readonly Dependency[];
}
