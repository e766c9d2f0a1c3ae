import { identifier } from '../../../db/quoting.ts';
import type { FunctionEntity, ViewEntity } from '../entities.ts';
import { type Step, step } from '../steps.ts';
import { type Decisions, typeSpellings } from './decide.ts';

/** Keys and checks first, then the foreign keys that need them. */
export function addConstraints({ from, to, dropConstraints }: Decisions): readonly Step[] {
  const missing = [...to.constraints].filter(([key]) => !from.constraints.has(key) || dropConstraints.has(key));
  missing.sort(([, a], [, b]) => Number(a.type === 'f') - Number(b.type === 'f') || a.oid - b.oid);
  return missing.map(([, it]) =>
    step(`ALTER TABLE ${to.relation(it.table)} ADD CONSTRAINT ${identifier(it.name)} ${it.def}`),
  );
}

/** Indexes of materialized views need their view first, so there are two rounds. */
export function createIndexes(decisions: Decisions, ofViews: boolean): readonly Step[] {
  const { from, to, dropIndexes, dropViews } = decisions;
  return [...to.indexes].flatMap(([key, it]) => {
    const owner = to.relation(it.table);
    const isMissing = !from.indexes.has(key) || dropIndexes.has(key) || dropViews.has(owner);
    return isMissing && to.views.has(owner) === ofViews ? [step(it.def)] : [];
  });
}

export function createViews({ from, to, dropViews }: Decisions): readonly Step[] {
  const missing = [...to.views].filter(([key]) => !from.views.has(key) || dropViews.has(key));
  const left = new Map(missing);
  const steps: Step[] = [];
  while (left.size > 0) {
    const ready = [...left].filter(([, it]) => !waits(it, left, to.state.dependencies));
    for (const [key, it] of ready.length > 0 ? ready : left) {
      steps.push(step(createView(key, it)));
      left.delete(key);
    }
  }
  return steps;
}

function waits(
  view: ViewEntity,
  left: ReadonlyMap<string, ViewEntity>,
  dependencies: readonly { readonly kind: string; readonly oid: number; readonly table: number }[],
): boolean {
  const oids = new Set([...left.values()].map((it) => it.oid));
  return dependencies.some((d) => d.kind === 'view' && d.oid === view.oid && d.table !== view.oid && oids.has(d.table));
}

function createView(key: string, it: ViewEntity): string {
  const options = it.options.length > 0 ? ` WITH (${it.options.join(', ')})` : '';
  const body = it.def.trim().replace(/;$/, '');
  return `CREATE ${it.materialized ? 'MATERIALIZED ' : ''}VIEW ${key}${options} AS\n${body}`;
}

/** Functions that need no table that is yet to be made; the others come after the tables. */
export function createFunctions(decisions: Decisions, afterTables: boolean): readonly Step[] {
  const { from, to, dropFunctions } = decisions;
  const newRelations = [...to.tables.keys(), ...to.views.keys()].filter(
    (it) => !from.tables.has(it) && !from.views.has(it),
  );
  return [...to.functions].flatMap(([key, it]) => {
    const before = from.functions.get(key);
    if (before && before.def === it.def && !dropFunctions.has(key)) return [];
    return needsRelation(it, newRelations) === afterTables ? [step(it.def.trim())] : [];
  });
}

function needsRelation(it: FunctionEntity, relations: readonly string[]): boolean {
  const signature = `${it.args} ${it.result}`;
  return relations.some((name) => typeSpellings(name).some((spelling) => signature.includes(spelling)));
}

/** Replaced ones must go before their successors come; the others only when nothing calls them any more. */
export function dropFunctions({ from, to, dropFunctions: names }: Decisions, replaced: boolean): readonly Step[] {
  return [...from.functions].reverse().flatMap(([key, it]) => {
    if (!names.has(key) || to.functions.has(key) !== replaced) return [];
    return [step(`DROP ${it.kind === 'p' ? 'PROCEDURE' : 'FUNCTION'} ${key}`)];
  });
}

const ENABLED = new Map([
  ['O', 'ENABLE'],
  ['D', 'DISABLE'],
  ['R', 'ENABLE REPLICA'],
  ['A', 'ENABLE ALWAYS'],
]);

export function createParts(decisions: Decisions): readonly Step[] {
  const { from, to } = decisions;
  const isMissing = (list: ReadonlyMap<string, unknown>, dropped: ReadonlySet<string>, key: string) =>
    !list.has(key) || dropped.has(key);
  const rules = [...to.rules].filter(([key, it]) => from.rules.get(key)?.def !== it.def).map(([, it]) => step(it.def));
  const triggers = [...to.triggers].flatMap(([key, it]) => {
    const create = isMissing(from.triggers, decisions.dropTriggers, key);
    const enabled = create ? 'O' : from.triggers.get(key)?.enabled;
    const mode = enabled === it.enabled ? undefined : ENABLED.get(it.enabled);
    return [
      ...(create ? [step(it.def)] : []),
      ...(mode ? [step(`ALTER TABLE ${to.relation(it.table)} ${mode} TRIGGER ${identifier(it.name)}`)] : []),
    ];
  });
  const policies = [...to.policies].flatMap(([key, it]) =>
    isMissing(from.policies, decisions.dropPolicies, key)
      ? [step(`CREATE POLICY ${identifier(it.name)} ON ${to.relation(it.table)} ${it.def}`)]
      : [],
  );
  return [...rules, ...triggers, ...policies];
}
