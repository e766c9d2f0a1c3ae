import {
  type Catalog,
  type ComputedRelationship,
  type ForeignKeyRelationship,
  type JunctionRelationship,
  type Relationship,
  relationshipsOf,
} from '../../catalog/index.ts';
import { ambiguousRelationship, noRelationship, type RelationshipNote } from '../errors/schema-errors.ts';
import type { Draft } from './draft.ts';
import type { JoinCondition, Page, Qualified } from './types.ts';

const named = (name: string): Qualified => ({ schema: '', name });

/** Finds each embed's relationship to its parent, and with it the table and the join. */
export function relate(catalog: Catalog, parent: Draft, schema: string): void {
  for (const child of parent.children) {
    // the root of a mutation or call is the statement's own source: its alias is the table's name
    const origin = child.depth === 1 ? (parent.fromAlias ?? parent.from.name) : parent.from.name;
    relateChild(child, findRelationship(catalog, schema, origin, child));
    relate(catalog, child, schema);
  }
}

function relateChild(child: Draft, relation: Relationship): void {
  child.relation = relation;
  child.table = relation.foreignTable;
  child.from = relation.foreignTable;
  child.aggAlias = `${relation.table.name}_${child.alias ?? child.name}_${child.depth}`;
  // many-to-many joins the junction in FROM, by the tables' own names
  child.fromAlias = relation.kind === 'many-to-many' ? null : `${relation.foreignTable.name}_${child.depth}`;
  if (child.isSpread) child.spread = relation.toOne ? { kind: 'one' } : { kind: 'many', extra: [], order: [] };
}

/** The join of a node to its parent, which goes by `alias` or else by its own name. */
export function joinConditions({ relation, fromAlias }: Draft, { alias, page }: Joined): readonly JoinCondition[] {
  if (relation === null || relation.kind === 'computed') return [];
  const parent = alias === null ? relation.table : named(alias);
  if (relation.kind !== 'many-to-many') {
    const own = fromAlias === null ? relation.foreignTable : named(fromAlias);
    const lookup = page !== null && relation.toOne;
    return relation.columns.map(([column, foreign]) => ({ ...condition(own, foreign, parent, column), lookup }));
  }
  const { table, sourceColumns, targetColumns } = relation.junction;
  return [
    ...targetColumns.map(([column, inJunction]) => condition(table, inJunction, relation.foreignTable, column)),
    ...sourceColumns.map(([column, inJunction]) => condition(table, inJunction, parent, column)),
  ];
}

/** How a node is there for its children: by what name, and whether cut to a page. */
export interface Joined {
  readonly alias: string | null;
  readonly page: Page | null;
}

const condition = (left: Qualified, column: string, right: Qualified, other: string): JoinCondition => ({
  left: { table: left, column },
  right: { table: right, column: other },
  lookup: false,
});

function findRelationship(catalog: Catalog, schema: string, origin: string, child: Draft): Relationship {
  const all = relationshipsOf(catalog, { schema, name: origin }, schema);
  const [first, ...others] = all.filter((relation) => answersTo(relation, child.name, child.hint));
  if (first === undefined) throw notFound(catalog, schema, origin, child);
  if (others.length > 0) throw ambiguousRelationship(origin, child.name, [first, ...others].flatMap(relationshipNote));
  return first;
}

/** Whether an embed of this name (and hint, after `!`) means this relationship. */
function answersTo(relation: Relationship, target: string, hint: string | null): boolean {
  if (relation.kind === 'computed') return computedAnswersTo(relation, target);
  if (relation.isSelf) return selfAnswersTo(relation, target, hint);
  if (hint !== null) return relation.foreignTable.name === target && hintMeans(relation, hint);
  if (relation.foreignTable.name === target) return true;
  return !relation.foreignTableIsView && (isConstraint(relation, target) || isColumn(relation, target));
}

const computedAnswersTo = (relation: ComputedRelationship, target: string): boolean =>
  relation.function.name === target;

/** A foreign key to its own table is two relationships: one-to-many by the table's name, many-to-one by the column's. */
function selfAnswersTo(
  relation: ForeignKeyRelationship | JunctionRelationship,
  target: string,
  hint: string | null,
): boolean {
  const children = relation.kind === 'one-to-many' && relation.foreignTable.name === target;
  if (hint !== null) return children && isForeignColumn(relation, hint);
  return children || (relation.kind === 'many-to-one' && isColumn(relation, target));
}

function hintMeans(relation: ForeignKeyRelationship | JunctionRelationship, hint: string): boolean {
  if (relation.kind === 'many-to-many') return relation.junction.table.name === hint;
  return isConstraint(relation, hint) || isColumn(relation, hint) || isForeignColumn(relation, hint);
}

type Keyed = ForeignKeyRelationship | JunctionRelationship;

const isConstraint = (relation: Keyed, name: string): boolean =>
  relation.kind !== 'many-to-many' && relation.constraint === name;

const isColumn = (relation: Keyed, name: string): boolean => onlyPair(relation)?.[0] === name;

const isForeignColumn = (relation: Keyed, name: string): boolean => onlyPair(relation)?.[1] === name;

function onlyPair(relation: Keyed): readonly [string, string] | undefined {
  return relation.kind !== 'many-to-many' && relation.columns.length === 1 ? relation.columns[0] : undefined;
}

function notFound(catalog: Catalog, schema: string, parent: string, child: Draft): Error {
  const of = catalog.schemas.get(schema)?.relationships.get(parent)?.get(schema);
  const parents = [...catalog.schemas.values()].flatMap(({ relationships }) =>
    [...relationships].flatMap(([name, byForeign]) => (byForeign.has(schema) ? [name] : [])),
  );
  return noRelationship({
    parent,
    child: child.name,
    hint: child.hint,
    schema,
    parents,
    children: of?.map((relation) => relation.foreignTable.name),
  });
}

function relationshipNote(relation: Relationship): readonly RelationshipNote[] {
  if (relation.kind === 'computed') return [];
  const tables = { table: relation.table.name, foreignTable: relation.foreignTable.name };
  if (relation.kind === 'many-to-many') return [{ ...tables, kind: junctionNote(relation) }];
  const { kind, constraint, columns } = relation;
  const pairs = { columns: columns.map(([own]) => own), foreignColumns: columns.map(([, foreign]) => foreign) };
  return [{ ...tables, kind: { cardinality: kind, constraint, ...pairs } }];
}

function junctionNote({ junction }: JunctionRelationship): Extract<RelationshipNote['kind'], { junction: string }> {
  return {
    cardinality: 'many-to-many',
    junction: junction.table.name,
    sourceConstraint: junction.constraint1,
    sourceColumns: junction.sourceColumns.map(([, column]) => column),
    targetConstraint: junction.constraint2,
    targetColumns: junction.targetColumns.map(([, column]) => column),
  };
}
