import type { SnakeCase } from './snake-case.ts';

export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];

/**
 * The `Database` type of supabase-js, derived from a Drizzle schema module; nothing is generated.
 *
 *     import * as schema from './schema';
 *     const client = createClient<DatabaseOf<typeof schema>>(url, key);
 *
 * What types can't know: Drizzle keeps the names of columns and enums, and foreign keys, as values. So names are taken to be the
 * property keys in snake case (or as they are, with `'keys'`), as `snakeCase.table` makes them; and relationships are
 * those of `defineRelations` (exported by the module, or given as `Relations`) whose one side has a column that is called
 * like the relation and ends in `Id`: `requester` by `requesterId`. `hutch gen types` reads all of it from the database.
 */
export type DatabaseOf<Module, Relations = RelationsIn<Module>, Naming extends 'snake' | 'keys' = 'snake'> = {
  __InternalSupabase: { PostgrestVersion: '14.1' };
} & {
  [Name in SchemaNames<Module>]: {
    Tables: {
      [K in TableKeys<Module, Name> as NameOf<Module[K]>]: TableOf<Module, K, Relations, Naming>;
    };
    Views: { [K in ViewKeys<Module, Name> as NameOf<Module[K]>]: ViewOf<Module[K], Naming> };
    Functions: { [_ in never]: never };
    Enums: Name extends 'public'
      ? { [K in EnumKeys<Module> as Named<K, Naming>]: LabelsOf<Module[K]> }
      : { [_ in never]: never };
    CompositeTypes: { [_ in never]: never };
  };
};

type Named<K, Naming extends 'snake' | 'keys'> = K extends string ? (Naming extends 'snake' ? SnakeCase<K> : K) : never;

/** The shape of a table's and a view's types, in both lines of Drizzle. */
interface AnyTable {
  readonly _: {
    readonly name: string;
    readonly schema: string | undefined;
    readonly columns: Record<string, AnyColumn>;
  };
}

interface AnyView {
  readonly _: { readonly name: string; readonly selectedFields: Record<string, unknown>; readonly brand: 'View' };
}

interface AnyColumn {
  readonly _: {
    readonly name: string;
    readonly data: unknown;
    readonly dataType: string;
    readonly notNull: boolean;
    readonly hasDefault: boolean;
  };
}

interface AnyEnum {
  readonly enumName: string;
  readonly enumValues: readonly string[];
}

type NameOf<T> = T extends { readonly _: { readonly name: infer N extends string } } ? N : never;
type SchemaOf<T> = T extends AnyTable ? (T['_']['schema'] extends infer S extends string ? S : 'public') : never;

type SchemaNames<M> = 'public' | { [K in keyof M]: SchemaOf<M[K]> }[keyof M];
type TableKeys<M, Name> = {
  [K in keyof M]: M[K] extends AnyTable ? (SchemaOf<M[K]> extends Name ? K : never) : never;
}[keyof M];
type ViewKeys<M, Name> = Name extends 'public' ? { [K in keyof M]: M[K] extends AnyView ? K : never }[keyof M] : never;
type EnumKeys<M> = { [K in keyof M]: M[K] extends AnyEnum ? K : never }[keyof M];
type LabelsOf<E> = E extends AnyEnum ? E['enumValues'][number] : never;

type ColumnsOf<T> = T extends AnyTable ? T['_']['columns'] : never;

/** The name where its type knows it (0.45), else made from the key. */
type ColumnName<K, C, Naming extends 'snake' | 'keys'> = C extends AnyColumn
  ? string extends C['_']['name']
    ? Named<K, Naming>
    : C['_']['name']
  : never;

type Flat<T> = { [K in keyof T]: T[K] };

interface TableParts<Row, Insert, Update, Relationships> {
  Row: Row;
  Insert: Insert;
  Update: Update;
  Relationships: Relationships;
}

type TableOf<M, K extends keyof M, Relations, Naming extends 'snake' | 'keys'> = Flat<
  TableParts<
    RowOf<ColumnsOf<M[K]>, Naming>,
    InsertOf<ColumnsOf<M[K]>, Naming>,
    UpdateOf<ColumnsOf<M[K]>, Naming>,
    RelationshipsOf<M, K, Relations, Naming>
  >
>;

type RowOf<C, Naming extends 'snake' | 'keys'> = { [K in keyof C as ColumnName<K, C[K], Naming>]: ValueOf<C[K]> };

type InsertOf<C, Naming extends 'snake' | 'keys'> = Flat<
  { [K in KeysBy<C, 'required'> as ColumnName<K, C[K], Naming>]: ValueOf<C[K]> } & {
    [K in KeysBy<C, 'optional'> as ColumnName<K, C[K], Naming>]?: ValueOf<C[K]>;
  } & { [K in KeysBy<C, 'never'> as ColumnName<K, C[K], Naming>]?: never }
>;

type UpdateOf<C, Naming extends 'snake' | 'keys'> = Flat<
  { [K in KeysBy<C, 'required' | 'optional'> as ColumnName<K, C[K], Naming>]?: ValueOf<C[K]> } & {
    [K in KeysBy<C, 'never'> as ColumnName<K, C[K], Naming>]?: never;
  }
>;

type ViewOf<V, Naming extends 'snake' | 'keys'> = V extends AnyView
  ? {
      Row: {
        [K in keyof V['_']['selectedFields'] as Named<K, Naming>]: V['_']['selectedFields'][K] extends AnyColumn
          ? WireOf<V['_']['selectedFields'][K]> | null
          : unknown;
      };
      Relationships: [];
    }
  : never;

type KeysBy<C, P> = { [K in keyof C]: Purpose<C[K]> extends P ? K : never }[keyof C];

/** Types can't tell a default in code, which the API knows nothing of, from one in the database: both make it optional. */
type Purpose<C> = C extends { readonly _: { readonly generated: infer G } }
  ? G extends undefined
    ? SentPurpose<C>
    : 'never'
  : SentPurpose<C>;

type SentPurpose<C> = C extends { readonly _: { readonly identity: 'always' } }
  ? 'never'
  : C extends { readonly _: { readonly notNull: false } }
    ? 'optional'
    : C extends { readonly _: { readonly hasDefault: true } }
      ? 'optional'
      : 'required';

type ValueOf<C> = C extends AnyColumn ? (C['_']['notNull'] extends true ? WireOf<C> : WireOf<C> | null) : never;

type WireOf<C extends AnyColumn> = Wire<C['_']['data'], C['_']['dataType'], ColumnTypeOf<C>>;
type ColumnTypeOf<C> = C extends { readonly _: { readonly columnType: infer T } } ? T : '';

/** What Postgres writes in JSON for what Drizzle would decode: dates are text, big numbers are numbers. */
type Wire<Data, DataType extends string, ColumnType> = DataType extends 'json' | 'object json'
  ? unknown extends Data
    ? Json
    : Data
  : DataType extends `array ${string}` | 'object point' | 'object line'
    ? string
    : Data extends readonly (infer Element)[]
      ? Wire<Element, DataType, ColumnType>[]
      : DataType extends 'string numeric' | 'string int64'
        ? number
        : ColumnType extends 'PgNumeric' | 'PgBigInt64'
          ? number
          : Data extends bigint
            ? number
            : Data extends Date | Uint8Array
              ? string
              : Data;

/** The relations that a module exports, made by `defineRelations`. */
type RelationsIn<M> = { [K in keyof M as M[K] extends RelationsLike ? K : never]: M[K] } extends infer Found
  ? Found[keyof Found]
  : never;

type RelationsLike = Record<string, { readonly table: unknown; readonly name: string; readonly relations: object }>;

interface OneLike {
  readonly relationType: 'one';
  readonly targetTableName: string;
}

type OnesOf<Relations, K> = K extends keyof Relations
  ? Relations[K] extends { readonly relations: infer R }
    ? { [N in keyof R as R[N] extends OneLike ? N : never]: R[N] }
    : object
  : object;

type RelationshipsOf<M, K extends keyof M, Relations, Naming extends 'snake' | 'keys'> = [Relations] extends [never]
  ? []
  : ToTuple<OwnKeys<M, K, OnesOf<Relations, K>, Relations, Naming>>;

/** Those whose foreign key is a column of this very table. */
type OwnKeys<M, K extends keyof M, Ones, Relations, Naming extends 'snake' | 'keys'> = {
  [N in keyof Ones & string]: OwnColumn<M[K], N> extends infer Own extends string
    ? Ones[N] extends { readonly targetTableName: infer Target extends keyof M }
      ? {
          foreignKeyName: `${NameOf<M[K]>}_${Named<Own, Naming>}_${NameOf<M[Target]>}_id_fkey`;
          columns: [Named<Own, Naming>];
          isOneToOne: HasOneTo<M, Target, K, Relations>;
          referencedRelation: NameOf<M[Target]>;
          referencedColumns: ['id'];
        }
      : never
    : never;
}[keyof Ones & string];

/** `requesterId` for `requester`; never where the table has no such column. */
type OwnColumn<T, Relation extends string> = Extract<keyof ColumnsOf<T>, `${Relation}Id` | `${Relation}_id`>;

/** The other side sees one row of this table, without a column of its own for it: so it is one-to-one. */
type HasOneTo<M, From extends keyof M, To, Relations> = true extends {
  [N in keyof OnesOf<Relations, From> & string]: OnesOf<Relations, From>[N] extends { readonly targetTableName: To }
    ? [OwnColumn<M[From], N>] extends [never]
      ? true
      : false
    : false;
}[keyof OnesOf<Relations, From> & string]
  ? true
  : false;

type Intersection<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never;
type LastOf<U> = Intersection<U extends unknown ? () => U : never> extends () => infer L ? L : never;
type ToTuple<U> = [U] extends [never] ? [] : [...ToTuple<Exclude<U, LastOf<U>>>, LastOf<U>];
