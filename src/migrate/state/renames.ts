import { identifier, qualified } from '../../db/quoting.ts';
import type { SchemaState } from './entities.ts';
import { type Step, step } from './steps.ts';

/** Something that has a name of its own, and how to give it another. */
interface Bearer {
  /** What stays when the name changes. */
  readonly identity: string;
  readonly schema: string;
  readonly name: string;
  /** Names are unique within this. */
  readonly scope: string;
  readonly rename: (schema: string, from: string, to: string) => string;
  readonly move?: (name: string, from: string, to: string) => string;
}

const GONE_SUFFIX = '__hutch_aside';

/**
 * The renames that lead from one state back to another of the same database, seen by OID and column number: never guessed.
 * What stands in the way of an old name is put aside under another, for the rest of the way to drop.
 */
export function renamesBetween(from: SchemaState, to: SchemaState): readonly Step[] {
  const steps: Step[] = [...renamesOf(schemas(from), schemas(to))];
  const moved = withSchemaNames(from, to);
  for (const list of [relations, types, columns, constraints, parts, functions]) {
    steps.push(...renamesOf(list(moved), list(to)));
  }
  return steps;
}

/** What lies in a renamed schema has moved with it. */
function withSchemaNames(from: SchemaState, to: SchemaState): SchemaState {
  const targets = new Map(to.schemas.map((it) => [it.oid, it.name]));
  const names = new Map(from.schemas.map((it) => [it.name, targets.get(it.oid) ?? it.name]));
  const moved = <T extends { readonly schema: string }>(list: readonly T[]): readonly T[] =>
    list.map((it) => ({ ...it, schema: names.get(it.schema) ?? it.schema }));
  return {
    ...from,
    enums: moved(from.enums),
    domains: moved(from.domains),
    composites: moved(from.composites),
    sequences: moved(from.sequences),
    tables: moved(from.tables),
    indexes: moved(from.indexes),
    views: moved(from.views),
    functions: moved(from.functions),
  };
}

function renamesOf(from: readonly Bearer[], to: readonly Bearer[]): readonly Step[] {
  const targets = new Map(to.map((it) => [it.identity, it]));
  const moves: Step[] = [];
  const changed = from.flatMap((it) => {
    const target = targets.get(it.identity);
    if (!target || (target.name === it.name && target.schema === it.schema)) return [];
    if (target.schema !== it.schema && it.move) moves.push(step(it.move(it.name, it.schema, target.schema)));
    return target.name === it.name ? [] : [{ it, target }];
  });
  const wanted = new Set(changed.map(({ target }) => `${target.scope}.${target.name}`));
  const aside: Step[] = [];
  const currentName = new Map<string, string>();
  for (const it of from) {
    const staysPut = targets.get(it.identity)?.name === it.name;
    if (staysPut || !wanted.has(`${it.scope}.${it.name}`)) continue;
    aside.push(step(it.rename(it.schema, it.name, `${it.name}${GONE_SUFFIX}`)));
    currentName.set(it.identity, `${it.name}${GONE_SUFFIX}`);
  }
  const final = changed.map(({ it, target }) =>
    step(it.rename(target.schema, currentName.get(it.identity) ?? it.name, target.name)),
  );
  return [...aside, ...moves, ...final];
}

function schemas(state: SchemaState): readonly Bearer[] {
  return state.schemas.map((it) => ({
    identity: `${it.oid}`,
    schema: '',
    name: it.name,
    scope: '',
    rename: (_schema, from, to) => `ALTER SCHEMA ${identifier(from)} RENAME TO ${identifier(to)}`,
  }));
}

const alterer = (kind: string) => ({
  rename: (schema: string, from: string, to: string) =>
    `ALTER ${kind} ${qualified(schema, from)} RENAME TO ${identifier(to)}`,
  move: (name: string, from: string, to: string) =>
    `ALTER ${kind} ${qualified(from, name)} SET SCHEMA ${identifier(to)}`,
});

/** Tables, views, indexes and sequences share one space of names. An index, and an owned sequence, moves with its table. */
function relations(state: SchemaState): readonly Bearer[] {
  const views = state.views.map((it) => ({
    ...it,
    kind: it.materialized ? 'MATERIALIZED VIEW' : 'VIEW',
    follows: false,
  }));
  const bearers = [
    ...state.tables.map((it) => ({ ...it, kind: 'TABLE', follows: false })),
    ...views,
    ...state.sequences.map((it) => ({ ...it, kind: 'SEQUENCE', follows: it.ownedBy !== null })),
    ...state.indexes.map((it) => ({ ...it, kind: 'INDEX', follows: true })),
  ];
  return bearers.map(({ oid, schema, name, kind, follows }) => {
    const { rename, move } = alterer(kind);
    const bearer: Bearer = { identity: `${oid}`, schema, name, scope: schema, rename };
    return follows ? bearer : { ...bearer, move };
  });
}

function types(state: SchemaState): readonly Bearer[] {
  const kinds = [
    ...state.enums.map((it) => ({ ...it, kind: 'TYPE' })),
    ...state.composites.map((it) => ({ ...it, kind: 'TYPE' })),
    ...state.domains.map((it) => ({ ...it, kind: 'DOMAIN' })),
  ];
  return kinds.map(({ oid, schema, name, kind }) => ({
    identity: `${oid}`,
    schema,
    name,
    scope: schema,
    ...alterer(kind),
  }));
}

/** By the time parts are renamed, their tables bear the names of the second state, where they are in it. */
function tableNames(state: SchemaState): (oid: number) => string | undefined {
  const names = new Map([...state.tables, ...state.views].map((it) => [it.oid, qualified(it.schema, it.name)]));
  return (oid) => names.get(oid);
}

function columns(state: SchemaState): readonly Bearer[] {
  const table = tableNames(state);
  return state.columns.map((it) => ({
    identity: `${it.table}.${it.number}`,
    schema: table(it.table) ?? '',
    name: it.name,
    scope: `${it.table}`,
    rename: (owner, from, to) => `ALTER TABLE ${owner} RENAME COLUMN ${identifier(from)} TO ${identifier(to)}`,
  }));
}

function constraints(state: SchemaState): readonly Bearer[] {
  const table = tableNames(state);
  return state.constraints.map((it) => ({
    identity: `${it.oid}`,
    schema: table(it.table) ?? '',
    name: it.name,
    scope: `${it.table}`,
    rename: (owner, from, to) => `ALTER TABLE ${owner} RENAME CONSTRAINT ${identifier(from)} TO ${identifier(to)}`,
  }));
}

function parts(state: SchemaState): readonly Bearer[] {
  const table = tableNames(state);
  const kinds = [
    ...state.triggers.map((it) => ({ ...it, kind: 'TRIGGER' })),
    ...state.policies.map((it) => ({ ...it, kind: 'POLICY' })),
  ];
  return kinds.map(({ oid, table: owner, name, kind }) => ({
    identity: `${oid}`,
    schema: table(owner) ?? '',
    name,
    scope: `${kind} ${owner}`,
    rename: (on, from, to) => `ALTER ${kind} ${identifier(from)} ON ${on} RENAME TO ${identifier(to)}`,
  }));
}

function functions(state: SchemaState): readonly Bearer[] {
  return state.functions.map((it) => {
    const kind = it.kind === 'p' ? 'PROCEDURE' : 'FUNCTION';
    return {
      identity: `${it.oid}`,
      schema: it.schema,
      name: it.name,
      scope: `${it.schema}(${it.args})`,
      rename: (schema, from, to) => `ALTER ${kind} ${qualified(schema, from)}(${it.args}) RENAME TO ${identifier(to)}`,
      move: (name, from, to) => `ALTER ${kind} ${qualified(from, name)}(${it.args}) SET SCHEMA ${identifier(to)}`,
    };
  });
}
