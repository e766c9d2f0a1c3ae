import type { RelationNames } from './names.ts';
import { compareRelationships } from './relationship-order.ts';
import type { CatalogRows, ConstraintRow } from './rows.ts';
import type {
  ColumnPair,
  ComputedRelationship,
  ForeignKeyRelationship,
  JunctionRelationship,
  Qualified,
  Relationship,
  Table,
} from './types.ts';
import type { ViewKey, ViewKeys } from './view-keys.ts';

/** Relationships of one schema: source table → foreign schema → sorted list. */
export type SchemaRelationships = ReadonlyMap<string, ReadonlyMap<string, readonly Relationship[]>>;

/**
 * All relationships between exposed relations, by the dialect's rules: foreign keys in both directions, the same through
 * views that show the keys in full, many-to-many through junctions, and computed ones, which replace those found.
 */
export function relationshipsBySchema(
  rows: CatalogRows,
  names: RelationNames,
  viewKeys: ViewKeys,
  tables: ReadonlyMap<number, Table>,
  computed: readonly ComputedRelationship[],
): ReadonlyMap<string, SchemaRelationships> {
  const exposed = new Set((rows.schemas ?? []).map(({ name }) => name));
  const forward = foreignKeys(rows.constraints ?? [], names).flatMap((key) => [
    key.relationship,
    ...throughViews(key, names, viewKeys),
  ]);
  const found = [...forward, ...junctions(forward, tables), ...forward.map(inverse)];
  const overridden = new Set(computed.map((one) => pairKey(one.table, one.function)));
  const kept = found.filter((one) => !overridden.has(pairKey(one.table, one.foreignTable)));
  return grouped([...kept, ...computed].filter((one) => isExposed(one, exposed)));
}

interface ForeignKeySource {
  readonly constraint: ConstraintRow;
  readonly relationship: ForeignKeyRelationship;
}

function foreignKeys(constraints: readonly ConstraintRow[], names: RelationNames): readonly ForeignKeySource[] {
  const unique = uniqueColumns(constraints);
  return constraints.flatMap((constraint) => {
    if (constraint.type !== 'f' || constraint.inherited) return [];
    const table = names.relation(constraint.table);
    const foreignTable = names.relation(constraint.foreignTable);
    const here = names.columns(constraint.table, constraint.key ?? []);
    const there = names.columns(constraint.foreignTable, constraint.foreignKey ?? []);
    if (!table || !foreignTable || !here || !there) return [];
    const isOne = unique.has(columnsKey(constraint));
    const relationship = Object.freeze({
      kind: isOne ? ('one-to-one' as const) : ('many-to-one' as const),
      table,
      foreignTable,
      isSelf: constraint.table === constraint.foreignTable,
      toOne: true,
      tableIsView: false,
      foreignTableIsView: false,
      constraint: constraint.name,
      columns: pairs(here, there),
      isParent: false,
    });
    return { constraint, relationship };
  });
}

/** A foreign key whose columns are exactly those of a primary or unique key makes a one-to-one. */
function uniqueColumns(constraints: readonly ConstraintRow[]): ReadonlySet<string> {
  return new Set(constraints.filter(({ type }) => type === 'p' || type === 'u').map(columnsKey));
}

const columnsKey = ({ table, key }: ConstraintRow): string => `${table}:${(key ?? []).toSorted((a, b) => a - b)}`;

/** View to table, table to view, and view to view, once for each way to name a key's columns in the views. */
function throughViews(
  { constraint, relationship }: ForeignKeySource,
  names: RelationNames,
  keys: ViewKeys,
): readonly ForeignKeyRelationship[] {
  const sources = sides(keys.from.get(constraint) ?? [], names);
  const targets = sides(keys.to.get(constraint) ?? [], names);
  const here = relationship.columns.map(([column]) => column);
  const there = relationship.columns.map(([, column]) => column);
  const between = (source: Side | undefined, target: Side | undefined): ForeignKeyRelationship =>
    Object.freeze({
      ...relationship,
      table: source?.view ?? relationship.table,
      foreignTable: target?.view ?? relationship.foreignTable,
      isSelf: source !== undefined && target !== undefined && isSame(source.view, target.view),
      tableIsView: source !== undefined,
      foreignTableIsView: target !== undefined,
      columns: pairs(source?.columns ?? here, target?.columns ?? there),
    });
  return [
    ...sources.map((source) => between(source, undefined)),
    ...targets.map((target) => between(undefined, target)),
    ...sources.flatMap((source) => targets.map((target) => between(source, target))),
  ];
}

interface Side {
  readonly view: Qualified;
  readonly columns: readonly string[];
}

function sides(keys: readonly ViewKey[], names: RelationNames): readonly Side[] {
  return keys.flatMap((key) => {
    const view = names.relation(key.view);
    return view ? choices(key.columns).map((columns) => ({ view, columns })) : [];
  });
}

/** Every way to choose one of each: `[[a, b], [c]]` gives `[a, c]` and `[b, c]`. */
function choices(lists: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return lists.reduce<readonly (readonly string[])[]>(
    (chosen, list) => chosen.flatMap((start) => list.map((name) => [...start, name])),
    [[]],
  );
}

function inverse(relationship: ForeignKeyRelationship): ForeignKeyRelationship {
  const isOne = relationship.kind === 'one-to-one';
  return Object.freeze({
    kind: isOne ? 'one-to-one' : 'one-to-many',
    table: relationship.foreignTable,
    foreignTable: relationship.table,
    isSelf: relationship.isSelf,
    toOne: isOne,
    tableIsView: relationship.foreignTableIsView,
    foreignTableIsView: relationship.tableIsView,
    constraint: relationship.constraint,
    columns: swapped(relationship.columns),
    isParent: true,
  });
}

/** A relation is a junction of two others where its primary key contains the columns of both foreign keys. */
function junctions(
  forward: readonly ForeignKeyRelationship[],
  tables: ReadonlyMap<number, Table>,
): readonly JunctionRelationship[] {
  const keys = new Map([...tables.values()].map((table) => [nameKey(table), new Set(table.primaryKey)]));
  const inKey = forward.filter(({ kind, table, columns }) => {
    const key = keys.get(nameKey(table));
    return kind === 'many-to-one' && key !== undefined && columns.every(([column]) => key.has(column));
  });
  return [...Map.groupBy(inKey, ({ table }) => nameKey(table)).values()].flatMap((own) =>
    own.flatMap((one) => own.filter((other) => other.constraint !== one.constraint).map((other) => join(one, other))),
  );
}

function join(one: ForeignKeyRelationship, other: ForeignKeyRelationship): JunctionRelationship {
  return Object.freeze({
    kind: 'many-to-many',
    table: one.foreignTable,
    foreignTable: other.foreignTable,
    isSelf: isSame(one.foreignTable, other.foreignTable),
    toOne: false,
    tableIsView: one.foreignTableIsView,
    foreignTableIsView: other.foreignTableIsView,
    junction: Object.freeze({
      table: one.table,
      constraint1: one.constraint,
      constraint2: other.constraint,
      sourceColumns: swapped(one.columns),
      targetColumns: swapped(other.columns),
    }),
  });
}

function isExposed(relationship: Relationship, exposed: ReadonlySet<string>): boolean {
  return (
    exposed.has(relationship.table.schema) &&
    exposed.has(relationship.foreignTable.schema) &&
    (relationship.kind !== 'many-to-many' || exposed.has(relationship.junction.table.schema))
  );
}

/** By the schema in which a request would look for the other end; for a computed one, that of its function. */
function grouped(relationships: readonly Relationship[]): ReadonlyMap<string, SchemaRelationships> {
  const target = (one: Relationship) => (one.kind === 'computed' ? one.function : one.foreignTable).schema;
  const nest = (list: readonly Relationship[]) =>
    new Map(
      [...Map.groupBy(list, target)].map(([schema, own]) => [
        schema,
        Object.freeze(own.length > 1 ? own.toSorted(compareRelationships) : own),
      ]),
    );
  const byTable = (list: readonly Relationship[]) =>
    new Map([...Map.groupBy(list, ({ table }) => table.name)].map(([name, own]) => [name, nest(own)]));
  return new Map(
    [...Map.groupBy(relationships, ({ table }) => table.schema)].map(([schema, own]) => [schema, byTable(own)]),
  );
}

const pairs = (here: readonly string[], there: readonly string[]): readonly ColumnPair[] =>
  Object.freeze(here.flatMap((column, at): ColumnPair[] => (there[at] === undefined ? [] : [[column, there[at]]])));

const swapped = (columns: readonly ColumnPair[]): readonly ColumnPair[] =>
  Object.freeze(columns.map(([here, there]): ColumnPair => [there, here]));

const isSame = (a: Qualified, b: Qualified): boolean => a.schema === b.schema && a.name === b.name;
const nameKey = ({ schema, name }: Qualified): string => `${schema}\0${name}`;
const pairKey = (a: Qualified, b: Qualified): string => `${nameKey(a)}\0${nameKey(b)}`;
