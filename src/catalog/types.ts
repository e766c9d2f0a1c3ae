/**
 * The catalog: what is in the database, as frozen data that a request can be planned against without asking again. It is
 * read from the live database (`read.ts`), then enriched from the Drizzle schema (`enrich.ts`). Names are the database's
 * own; type names are written as Postgres prints them under an empty search path, so only `pg_catalog` goes unqualified.
 */

/** A schema-qualified name. */
export interface Qualified {
  readonly schema: string;
  readonly name: string;
}

export interface Catalog {
  /** `server_version`, such as `18.6`. */
  readonly version: string;
  /** `server_version_num`, such as `180006`. */
  readonly versionNumber: number;
  /** The exposed schemas, in the order in which they were named; the first is the default one. */
  readonly schemas: ReadonlyMap<string, Schema>;
  /** Casts of domain representations: source type → target type → function, as quoted by the database. */
  readonly representations: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly handlers: MediaHandlers;
  /** Types by OID: every type that a column, parameter or result may have, and what these are made of. */
  readonly types: ReadonlyMap<number, Type>;
  /** What is set for each role by `ALTER ROLE … SET`, with the role's name as key. */
  readonly roles: ReadonlyMap<string, RoleSettings>;
  /** The settings that code in the database may read, in lower case; null where it may read any. */
  readonly settingsRead: ReadonlySet<string> | null;
  /** Whether code that a read can reach may change a setting for the rest of its transaction. */
  readonly settingsChanged: boolean;
  /** Whether code in the database may set something for longer than its transaction. */
  readonly settingsKept: boolean;
}

/** One exposed schema: everything a request addressed to it can name. */
export interface Schema {
  readonly name: string;
  readonly description: string | null;
  /** Tables, views and the like by name (partitions excluded: they are reached through their parent). */
  readonly tables: ReadonlyMap<string, Table>;
  /** Overloads by name, fewest parameters first. */
  readonly routines: ReadonlyMap<string, readonly Routine[]>;
  /**
   * Relationships by source table's name, then by foreign table's schema; sorted, so messages that list them are stable.
   * Not kept on `Table`, because a partition can have relationships without being a table of the API.
   */
  readonly relationships: ReadonlyMap<string, ReadonlyMap<string, readonly Relationship[]>>;
  readonly enums: ReadonlyMap<string, EnumType>;
  readonly domains: ReadonlyMap<string, DomainType>;
  /** Free-standing composite types; rows of tables are not among them. */
  readonly composites: ReadonlyMap<string, CompositeType>;
  /** Sorted names, for hints. */
  readonly tableNames: readonly string[];
  readonly routineNames: readonly string[];
}

export type TableKind = 'table' | 'view' | 'materialized view' | 'foreign table' | 'partitioned table';

export interface Table extends Qualified {
  readonly oid: number;
  readonly kind: TableKind;
  readonly description: string | null;
  /** A view or materialized view. */
  readonly isView: boolean;
  /** What the relation can do by its nature (`pg_relation_is_updatable`); privileges are another matter. */
  readonly insertable: boolean;
  readonly updatable: boolean;
  readonly deletable: boolean;
  /** Primary key columns in alphabetical order, as the dialect has them; a view's are those of the keys it shows in full. */
  readonly primaryKey: readonly string[];
  readonly primaryKeyName: string | null;
  /** Unique constraints and plain unique indexes, the primary key excluded. */
  readonly uniques: readonly Unique[];
  readonly foreignKeys: readonly ForeignKey[];
  /** By name, in table order. */
  readonly columns: ReadonlyMap<string, Column>;
  /** In table order, for hints and lists. */
  readonly columnNames: readonly string[];
  /** Functions of one of its rows that return a value: selected by name like columns, but not part of `*`. */
  readonly computed: readonly ComputedField[];
  /** Row level security is on. */
  readonly rowSecurity: boolean;
  /** Grants as stored; null means the owner's alone. */
  readonly grants: readonly Grant[] | null;
  /** The OID of its row type. */
  readonly typeOid: number;
  /** From the Drizzle schema; null until enriched, or where it is not in there. */
  readonly drizzle: DrizzleTable | null;
  /**
   * Deleting marks the row instead of removing it; null where the table has no such thing. Known by the trigger in the
   * database, or by the marks of its columns in the Drizzle schema.
   */
  readonly softDelete: SoftDelete | null;
}

export interface ComputedField {
  readonly name: string;
  readonly type: string;
  readonly typeOid: number;
}

export interface Unique {
  readonly name: string;
  readonly columns: readonly string[];
  /** The predicate of a partial unique index, as SQL. */
  readonly where: string | null;
  /** False for a unique index without a constraint. */
  readonly constraint: boolean;
}

export interface ForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  readonly references: Qualified & { readonly columns: readonly string[] };
  readonly onDelete: ReferentialAction;
  readonly onUpdate: ReferentialAction;
}

export type ReferentialAction = 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default';

export interface Grant {
  /** A role's name, or `public` for everyone. */
  readonly role: string;
  readonly privileges: readonly Privilege[];
}

export type Privilege = 'select' | 'insert' | 'update' | 'delete' | 'truncate' | 'references' | 'trigger' | 'maintain';

export interface Column {
  readonly name: string;
  /** `attnum`. */
  readonly position: number;
  readonly description: string | null;
  /** Beneath domains over built-in types, without modifiers: `character varying`, `integer[]`, `public.mood`. */
  readonly type: string;
  /** As declared, with modifiers and domains by their own name: `character varying(20)`, `public.email`. */
  readonly nominalType: string;
  readonly typeOid: number;
  /** Beneath domains. */
  readonly baseTypeOid: number;
  readonly nullable: boolean;
  /** The default as SQL (an identity's is its `nextval(…)`); null where there is none, or the column is generated. */
  readonly default: string | null;
  /** Characters, for `varchar(n)` and `char(n)`, also beneath a domain. */
  readonly maxLength: number | null;
  /** An enum's labels in their order; empty for any other type. */
  readonly enum: readonly string[];
  readonly isArray: boolean;
  /** `json` or `jsonb`, also beneath a domain. */
  readonly isJson: boolean;
  readonly isComposite: boolean;
  readonly generated: 'stored' | 'virtual' | null;
  readonly identity: 'always' | 'by default' | null;
  /** A value may be given: not generated, and on a view `pg_column_is_updatable`. */
  readonly writable: boolean;
  readonly drizzle: DrizzleColumn | null;
}

/** What the Drizzle schema knows of a table that the database does not. */
export interface DrizzleTable {
  /** The name under which the schema module exports it. */
  readonly key: string;
  /** Column names by property key. */
  readonly columns: ReadonlyMap<string, string>;
}

export interface DrizzleColumn {
  /** The property key in the Drizzle table. */
  readonly key: string;
  /** Drizzle's `dataType`, such as `string`, `number`, `json`, `date`. */
  readonly dataType: string;
  /** It has a default in code (`$default`, `$defaultFn`, `$onUpdate`): a value that the database knows nothing of. */
  readonly codeDefault: boolean;
  readonly codeUpdate: boolean;
  /** A JSON Schema for the JSON inside, where the schema declares one. */
  readonly jsonSchema: JsonSchema | null;
}

export type JsonSchema = { readonly [key: string]: unknown };

export interface SoftDelete {
  /** Timestamp column: null while the row lives. */
  readonly column: string;
  /** Boolean column set along with it. */
  readonly flag: string | null;
}

/** `[column here, column there]`. */
export type ColumnPair = readonly [string, string];

interface RelationshipBase {
  readonly table: Qualified;
  readonly foreignTable: Qualified;
  readonly isSelf: boolean;
  /** An embed along it is an object (or null), not an array. */
  readonly toOne: boolean;
}

interface KeyedRelationship extends RelationshipBase {
  readonly tableIsView: boolean;
  readonly foreignTableIsView: boolean;
}

/** Along one foreign key, in either direction. */
export interface ForeignKeyRelationship extends KeyedRelationship {
  readonly kind: 'one-to-many' | 'many-to-one' | 'one-to-one';
  readonly constraint: string;
  /** `[column of table, column of foreignTable]`, in the constraint's order. */
  readonly columns: readonly ColumnPair[];
  /** On a one-to-one: `table` is the referenced side. Always false on many-to-one, always true on one-to-many. */
  readonly isParent: boolean;
}

/** Through a junction table whose primary key contains both foreign keys. */
export interface JunctionRelationship extends KeyedRelationship {
  readonly kind: 'many-to-many';
  readonly junction: {
    readonly table: Qualified;
    /** The junction's foreign key to `table`, and that to `foreignTable`. */
    readonly constraint1: string;
    readonly constraint2: string;
    /** `[column of table, column of junction]`. */
    readonly sourceColumns: readonly ColumnPair[];
    /** `[column of foreignTable, column of junction]`. */
    readonly targetColumns: readonly ColumnPair[];
  };
}

/** A function from a row of `table` to rows of `foreignTable`; it answers to its own name only. */
export interface ComputedRelationship extends RelationshipBase {
  readonly kind: 'computed';
  readonly function: Qualified;
}

export type Relationship = ForeignKeyRelationship | JunctionRelationship | ComputedRelationship;

export interface Routine extends Qualified {
  readonly oid: number;
  readonly description: string | null;
  /** Input parameters in order. */
  readonly parameters: readonly Parameter[];
  /** Columns of `RETURNS TABLE` and OUT parameters. */
  readonly outputs: readonly { readonly name: string; readonly type: string; readonly typeOid: number }[];
  readonly returns: Returns;
  readonly volatility: 'volatile' | 'stable' | 'immutable';
  readonly isVariadic: boolean;
  /** Of its `SET default_transaction_isolation`. */
  readonly isolation: string | null;
  /** All of its `SET` clauses, name and value; which of them are hoisted to the transaction is for the reader to choose. */
  readonly settings: readonly (readonly [name: string, value: string])[];
}

export interface Parameter {
  /** Empty for the single unnamed parameter. */
  readonly name: string;
  readonly type: string;
  readonly typeOid: number;
  /** `type` without a length limit, for a record definition: `character` becomes `character varying`. */
  readonly unlimitedType: string;
  readonly required: boolean;
  readonly variadic: boolean;
}

export interface Returns {
  /** The result's type, through domains; a table's row type by the table's name. */
  readonly type: Qualified;
  readonly typeOid: number;
  readonly isSet: boolean;
  /** A row: of a table or composite type, or of TABLE/OUT/INOUT parameters. */
  readonly isComposite: boolean;
  /** Declared through a domain over the composite type. */
  readonly isAlias: boolean;
  readonly isVoid: boolean;
  /** A set of at most one row by its own estimate (`ROWS 1`): a relationship along it is to one. */
  readonly isSetOfOne: boolean;
}

export interface MediaHandler {
  /** The aggregate; for a function that returns the media type itself, the domain, which serves as a cast. */
  readonly function: Qualified;
  /** The row type or function it is for; null is any element. */
  readonly target: Qualified | null;
  /** What the response is labelled as: the domain's name, or `application/octet-stream` for the domain of any type. */
  readonly mediaType: string;
}

/** Custom media type handlers by lower-case media type; those of the dialect itself are not among them. */
export interface MediaHandlers {
  /** For any element. */
  readonly any: ReadonlyMap<string, MediaHandler>;
  /** For a table's rows or a function's result: schema → name → media type. */
  readonly of: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, MediaHandler>>>;
}

interface TypeBase extends Qualified {
  readonly oid: number;
  /** As `format_type` prints it. */
  readonly display: string;
  readonly description: string | null;
}

export interface EnumType extends TypeBase {
  readonly kind: 'enum';
  readonly labels: readonly string[];
}

export interface DomainType extends TypeBase {
  readonly kind: 'domain';
  /** The type it is declared over, which may be a domain too. */
  readonly over: number;
  readonly notNull: boolean;
}

export interface CompositeType extends TypeBase {
  readonly kind: 'composite';
  readonly attributes: readonly { readonly name: string; readonly type: string; readonly typeOid: number }[];
}

export interface ArrayType extends TypeBase {
  readonly kind: 'array';
  readonly element: number;
}

export interface PlainType extends TypeBase {
  readonly kind: 'base' | 'range' | 'multirange' | 'pseudo';
}

/** The row type of a table or view. */
export interface RowType extends TypeBase {
  readonly kind: 'row';
}

export type Type = EnumType | DomainType | CompositeType | ArrayType | PlainType | RowType;

export interface RoleSettings {
  /** Of `default_transaction_isolation`. */
  readonly isolation: string | null;
  /** Settings the current user may set for it, name and value, isolation excluded. */
  readonly settings: readonly (readonly [name: string, value: string])[];
}

/** Runs one statement with text parameters; rows of text cells. What a `Driver`'s `query` gives, at arm's length. */
export type Run = (
  text: string,
  params: readonly (string | null)[],
) => Promise<readonly (readonly (string | null)[])[]>;
