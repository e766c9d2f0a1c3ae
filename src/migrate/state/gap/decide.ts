import type { ColumnEntity, ConstraintEntity, EnumEntity, ViewEntity } from '../entities.ts';
import { type Keyed, same } from '../keyed.ts';

/** A column whose type changes, or whose enum is built anew. */
export interface Retyped {
  readonly key: string;
  readonly from: ColumnEntity;
  readonly to: ColumnEntity;
}

/**
 * What a way must take down and put up again, because something beneath it changes. All names are quoted and qualified. `drop…` are
 * names in the first state; what is dropped and belongs to the second state is created there like anything missing.
 */
export interface Decisions {
  readonly from: Keyed;
  readonly to: Keyed;
  readonly retyped: ReadonlyMap<string, Retyped>;
  /** Enums that must be built anew, since Postgres can't take a value away. */
  readonly rebuiltEnums: ReadonlySet<string>;
  readonly dropViews: ReadonlySet<string>;
  readonly dropConstraints: ReadonlySet<string>;
  readonly dropIndexes: ReadonlySet<string>;
  readonly dropTriggers: ReadonlySet<string>;
  readonly dropPolicies: ReadonlySet<string>;
  readonly dropFunctions: ReadonlySet<string>;
  /** Columns that can only be had by dropping and adding: to or from a generated one. */
  readonly rebuiltColumns: ReadonlySet<string>;
}

export interface GapOptions {
  /** Build enums anew also where adding a value would do: a value that was added can't be used in the same transaction. */
  readonly rebuildEnums?: boolean;
}

export function decide(from: Keyed, to: Keyed, options: GapOptions = {}): Decisions {
  const rebuiltEnums = keysOf(from.enums, (it, key) => mustRebuild(it, to.enums.get(key), options));
  const retyped = retypedColumns(from, to, rebuiltEnums);
  const rebuiltColumns = keysOf(from.columns, (it, key) => becomesOrLeavesGenerated(it, to.columns.get(key)));
  const unstable = unstableColumns(from, to, retyped, rebuiltColumns);
  const dropFunctions = functionsToDrop(from, to, rebuiltEnums);
  return {
    from,
    to,
    retyped,
    rebuiltEnums,
    rebuiltColumns,
    dropFunctions,
    dropViews: viewsToDrop(from, to, unstable, dropFunctions),
    dropConstraints: constraintsToDrop(from, to, retyped, rebuiltEnums),
    dropIndexes: indexesToDrop(from, to, retyped, rebuiltEnums),
    dropTriggers: partsToDrop('trigger', from, to, unstable, dropFunctions),
    dropPolicies: partsToDrop('policy', from, to, unstable, dropFunctions),
  };
}

/** The keys of what passes. */
const keysOf = <T>(list: ReadonlyMap<string, T>, passes: (it: T, key: string) => boolean): Set<string> =>
  new Set([...list].flatMap(([key, it]) => (passes(it, key) ? [key] : [])));

/** Values can be put in at any place, but never taken out or moved. */
function mustRebuild(from: EnumEntity, to: EnumEntity | undefined, options: GapOptions): boolean {
  if (!to || same(from.labels, to.labels)) return false;
  if (options.rebuildEnums) return true;
  let at = 0;
  for (const label of to.labels) if (label === from.labels[at]) at++;
  return at < from.labels.length;
}

function retypedColumns(from: Keyed, to: Keyed, rebuilt: ReadonlySet<string>): ReadonlyMap<string, Retyped> {
  const rebuiltTypes = new Set([...rebuilt].flatMap((it) => typeSpellings(it)));
  const found = new Map<string, Retyped>();
  for (const [key, column] of from.columns) {
    const target = to.columns.get(key);
    if (!target) continue;
    const differs = column.type !== target.type || column.collation !== target.collation;
    if (differs || rebuiltTypes.has(column.type)) found.set(key, { key, from: column, to: target });
  }
  return found;
}

/** `format_type` quotes only where it must: the spellings under which a quoted name, or an array of it, can appear. */
export function typeSpellings(quoted: string): readonly string[] {
  const bare = quoted.replace(/"([a-z_][a-z0-9_]*)"/g, '$1');
  return [quoted, bare, `${quoted}[]`, `${bare}[]`];
}

const mentions = (def: string, quoted: string): boolean => typeSpellings(quoted).some((it) => def.includes(it));

const becomesOrLeavesGenerated = (from: ColumnEntity, to: ColumnEntity | undefined): boolean =>
  to !== undefined && !same(from.generated, to.generated);

/** Columns that views, policies and triggers must let go of: `table oid.number`, and `table oid.0` for whole tables. */
function unstableColumns(
  from: Keyed,
  to: Keyed,
  retyped: ReadonlyMap<string, Retyped>,
  rebuilt: ReadonlySet<string>,
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [key, column] of from.columns) {
    if (!to.columns.has(key) || retyped.has(key) || rebuilt.has(key)) found.add(`${column.table}.${column.number}`);
  }
  for (const [key, table] of from.tables) if (!to.tables.has(key)) found.add(`${table.oid}.0`);
  return found;
}

/** Functions that go, and those whose result or arguments change under the same name, which `OR REPLACE` refuses. */
function functionsToDrop(from: Keyed, to: Keyed, rebuiltEnums: ReadonlySet<string>): ReadonlySet<string> {
  return keysOf(from.functions, (it, key) => {
    const target = to.functions.get(key);
    return (
      target?.result !== it.result ||
      target.kind !== it.kind ||
      [...rebuiltEnums].some((name) => mentions(`${it.args} ${it.result}`, name)) ||
      argumentNames(it.def) !== argumentNames(target.def)
    );
  });
}

/** The head of a definition up to its RETURNS: argument names and defaults, which can't be replaced either. */
const argumentNames = (def: string): string => def.slice(0, Math.max(0, def.indexOf('\n')));

function viewsToDrop(
  from: Keyed,
  to: Keyed,
  unstable: ReadonlySet<string>,
  functions: ReadonlySet<string>,
): ReadonlySet<string> {
  const found = new Map<string, ViewEntity>();
  for (const [key, view] of from.views) {
    const target = to.views.get(key);
    const shaken = from.state.dependencies.some(
      (it) => it.kind === 'view' && it.oid === view.oid && isUnstable(unstable, it),
    );
    const calls = [...functions].some((name) => view.def.includes(bareCall(name)));
    if (!target || !sameView(view, target) || shaken || calls) found.set(key, view);
  }
  addStandingOn(from, found);
  return new Set(found.keys());
}

const sameView = (a: ViewEntity, b: ViewEntity): boolean =>
  a.def === b.def && a.materialized === b.materialized && same(a.options, b.options);

/** `"public"."f"(text)` as it stands in a definition: `public.f(`. */
const bareCall = (key: string): string => `${key.slice(0, key.indexOf('(')).replace(/"([a-z_][a-z0-9_]*)"/g, '$1')}(`;

const isUnstable = (unstable: ReadonlySet<string>, it: { readonly table: number; readonly column: number }): boolean =>
  unstable.has(`${it.table}.${it.column}`) || unstable.has(`${it.table}.0`);

/** Views on dropped views go too. */
function addStandingOn(from: Keyed, found: Map<string, ViewEntity>): void {
  for (let before = -1; before < found.size; ) {
    before = found.size;
    const dropped = new Set([...found.values()].map((it) => it.oid));
    for (const [key, view] of from.views) {
      if (from.state.dependencies.some((it) => it.kind === 'view' && it.oid === view.oid && dropped.has(it.table)))
        found.set(key, view);
    }
  }
}

/** Changed and gone ones; foreign keys at both ends of a changed type, or of a key that is dropped; checks on changed types. */
function constraintsToDrop(
  from: Keyed,
  to: Keyed,
  retyped: ReadonlyMap<string, Retyped>,
  rebuiltEnums: ReadonlySet<string>,
): ReadonlySet<string> {
  const columns = new Set([...retyped.values()].map((it) => `${it.from.table}.${it.from.number}`));
  const found = keysOf(from.constraints, (it, key) => {
    if (to.constraints.get(key)?.def !== it.def) return true;
    if (it.type === 'f') return ends(it).some((end) => columns.has(end));
    return it.type === 'c' && (touches(it, retyped) || [...rebuiltEnums].some((name) => mentions(it.def, name)));
  });
  return found.union(keysOf(from.constraints, (it) => it.type === 'f' && losesItsKey(from, found, it)));
}

/** The columns at both ends of a foreign key. */
const ends = (it: ConstraintEntity): readonly string[] => [
  ...(it.keys ?? []).map((number) => `${it.table}.${number}`),
  ...(it.referencedKeys ?? []).map((number) => `${it.references}.${number}`),
];

function losesItsKey(from: Keyed, dropped: ReadonlySet<string>, foreign: ConstraintEntity): boolean {
  return [...dropped].some((key) => {
    const it = from.constraints.get(key);
    return it !== undefined && (it.type === 'p' || it.type === 'u') && it.table === foreign.references;
  });
}

function touches(it: { readonly table: number; readonly def: string }, retyped: ReadonlyMap<string, Retyped>): boolean {
  return [...retyped.values()].some(
    ({ from }) => from.table === it.table && new RegExp(`\\b${escapeRegExp(from.name)}\\b`).test(it.def),
  );
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function indexesToDrop(
  from: Keyed,
  to: Keyed,
  retyped: ReadonlyMap<string, Retyped>,
  rebuiltEnums: ReadonlySet<string>,
): ReadonlySet<string> {
  return keysOf(
    from.indexes,
    (it, key) =>
      to.indexes.get(key)?.def !== it.def ||
      touches(it, retyped) ||
      [...rebuiltEnums].some((name) => mentions(it.def, name)),
  );
}

function partsToDrop(
  kind: 'trigger' | 'policy',
  from: Keyed,
  to: Keyed,
  unstable: ReadonlySet<string>,
  functions: ReadonlySet<string>,
): ReadonlySet<string> {
  const [list, target] = kind === 'trigger' ? [from.triggers, to.triggers] : [from.policies, to.policies];
  return keysOf(
    list,
    (it, key) =>
      target.get(key)?.def !== it.def ||
      from.state.dependencies.some((d) => d.kind === kind && d.oid === it.oid && isUnstable(unstable, d)) ||
      [...functions].some((name) => it.def.includes(bareCall(name))),
  );
}

export const isEnumRebuilt = (decisions: Pick<Decisions, 'rebuiltEnums'>, type: string): boolean =>
  [...decisions.rebuiltEnums].some((it) => typeSpellings(it).includes(type));
