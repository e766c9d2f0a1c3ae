import { identifier } from '../../../db/quoting.ts';
import type { ColumnEntity, TableEntity } from '../entities.ts';
import { type Step, step } from '../steps.ts';
import type { Decisions } from './decide.ts';

/** Takes down, before anything changes, what stands on what will change: from the top downwards. */
export function takeDown(decisions: Decisions): readonly Step[] {
  return [
    ...dropParts(decisions),
    ...dropViews(decisions),
    ...dropConstraints(decisions, true),
    ...dropConstraints(decisions, false),
    ...dropIndexes(decisions),
    ...dropTables(decisions),
    ...dropColumns(decisions),
  ];
}

const goneWithTable = ({ from, to }: Decisions, table: number): boolean =>
  !to.tables.has(from.relation(table)) && !to.views.has(from.relation(table));

function dropParts(decisions: Decisions): readonly Step[] {
  const { from, to } = decisions;
  const on = (kind: string, it: { readonly name: string; readonly table: number }) =>
    step(`DROP ${kind} ${identifier(it.name)} ON ${from.relation(it.table)}`);
  const pick = <T extends { readonly table: number }>(list: ReadonlyMap<string, T>, keys: ReadonlySet<string>) =>
    [...list].flatMap(([key, it]) => (keys.has(key) ? [it] : []));
  const rules = [...from.rules].flatMap(([key, it]) => (to.rules.get(key)?.def === it.def ? [] : [it]));
  return [
    ...pick(from.triggers, decisions.dropTriggers)
      .filter((it) => !goneWithTable(decisions, it.table))
      .map((it) => on('TRIGGER', it)),
    ...pick(from.policies, decisions.dropPolicies)
      .filter((it) => !goneWithTable(decisions, it.table) || looksElsewhere(decisions, it))
      .map((it) => on('POLICY', it)),
    ...rules.map((it) => on('RULE', it)),
  ];
}

/** A policy that looks at another table keeps that one from being dropped. */
const looksElsewhere = ({ from }: Decisions, policy: { readonly oid: number; readonly table: number }): boolean =>
  from.state.dependencies.some((it) => it.kind === 'policy' && it.oid === policy.oid && it.table !== policy.table);

/** Later views stand on earlier ones; where one was replaced since, its dependants say so. */
function dropViews({ from, dropViews: names }: Decisions): readonly Step[] {
  const dropped = new Set<number>();
  const steps: Step[] = [];
  let left = [...from.views].filter(([key]) => names.has(key)).reverse();
  while (left.length > 0) {
    const free = left.filter(([, it]) => !standsOnIt(it.oid, left, from.state.dependencies));
    for (const [key, it] of free.length > 0 ? free : left) {
      dropped.add(it.oid);
      steps.push(step(`DROP ${it.materialized ? 'MATERIALIZED ' : ''}VIEW ${key}`));
    }
    left = left.filter(([, it]) => !dropped.has(it.oid));
  }
  return steps;
}

function standsOnIt(
  oid: number,
  views: readonly (readonly [string, { readonly oid: number }])[],
  dependencies: readonly { readonly kind: string; readonly oid: number; readonly table: number }[],
): boolean {
  return dependencies.some(
    (d) => d.kind === 'view' && d.table === oid && d.oid !== oid && views.some(([, it]) => it.oid === d.oid),
  );
}

function dropConstraints(decisions: Decisions, foreign: boolean): readonly Step[] {
  const { from } = decisions;
  return [...from.constraints].flatMap(([key, it]) => {
    if (!decisions.dropConstraints.has(key) || (it.type === 'f') !== foreign) return [];
    if (!foreign && goneWithTable(decisions, it.table)) return [];
    return [step(`ALTER TABLE ${from.relation(it.table)} DROP CONSTRAINT ${identifier(it.name)}`)];
  });
}

function dropIndexes(decisions: Decisions): readonly Step[] {
  const { from } = decisions;
  return [...from.indexes].flatMap(([key, it]) => {
    const goesAnyway = goneWithTable(decisions, it.table) || decisions.dropViews.has(from.relation(it.table));
    return decisions.dropIndexes.has(key) && !goesAnyway ? [step(`DROP INDEX ${key}`)] : [];
  });
}

function dropTables({ from, to }: Decisions): readonly Step[] {
  const gone = [...from.tables].filter(([key]) => !to.tables.has(key));
  const isPartition = ([, it]: readonly [string, TableEntity]) => Number(it.parents.length === 0);
  // Partitions before what they are partitions of, younger ones before older ones.
  gone.sort((a, b) => isPartition(a) - isPartition(b) || b[1].oid - a[1].oid);
  return gone.map(([key]) => step(`DROP TABLE ${key}`, `the rows of ${key}`));
}

function dropColumns(decisions: Decisions): readonly Step[] {
  const { from, to, rebuiltColumns } = decisions;
  return [...from.columns].flatMap(([key, it]) => {
    const stays = to.columns.has(key) && !rebuiltColumns.has(key);
    if (stays || goneWithTable(decisions, it.table) || isInherited(decisions, it)) return [];
    const loses = it.generated ? undefined : `the values of ${key}`;
    return [step(`ALTER TABLE ${from.relation(it.table)} DROP COLUMN ${identifier(it.name)}`, loses)];
  });
}

/** A partition's columns come and go with its parent's. */
export function isInherited({ from }: Decisions, column: ColumnEntity): boolean {
  return (from.state.tables.find((it) => it.oid === column.table)?.parents.length ?? 0) > 0;
}
