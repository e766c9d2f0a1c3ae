import { identifier, literal } from '../../../db/quoting.ts';
import { functionKey, type Keyed } from '../keyed.ts';
import { type Step, step } from '../steps.ts';
import type { Decisions } from './decide.ts';

interface Holder {
  /** `TABLE "public"."users"`, as GRANT and COMMENT name it. */
  readonly target: string;
  readonly comment: string | null;
  readonly acl?: readonly string[];
  /** What it has when it is created. */
  readonly initialAcl?: readonly string[];
  /** For a column's grants: its table. */
  readonly column?: { readonly name: string; readonly table: string };
  /** Dropped and created again on the way, so that nothing of it stays. */
  readonly renewed: boolean;
}

const PUBLIC_EXECUTE = ['public:EXECUTE'];

/** Privileges and comments of everything in the second state. */
export function grantsAndComments(decisions: Decisions): readonly Step[] {
  const before = new Map(holders(decisions.from, decisions).map((it) => [it.target, it]));
  return holders(decisions.to, decisions).flatMap((it) => {
    const had = before.get(it.target);
    const kept = had !== undefined && !it.renewed;
    return [...grants(it, kept ? (had.acl ?? []) : (it.initialAcl ?? [])), ...comment(it, kept ? had.comment : null)];
  });
}

function holders(state: Keyed, { dropViews, dropFunctions, rebuiltEnums, ...decisions }: Decisions): readonly Holder[] {
  return [
    ...plain('SCHEMA', state.schemas),
    ...plain('TYPE', state.enums, (key) => rebuiltEnums.has(key)),
    ...plain('TYPE', state.composites),
    ...plain('DOMAIN', state.domains),
    ...plain('SEQUENCE', state.sequences),
    ...plain('TABLE', state.tables),
    ...[...state.views].map(([key, it]) => ({
      target: `${it.materialized ? 'MATERIALIZED VIEW' : 'VIEW'} ${key}`,
      comment: it.comment,
      acl: it.acl,
      renewed: dropViews.has(key),
    })),
    ...[...state.functions.values()].map((it) => ({
      target: `${it.kind === 'p' ? 'PROCEDURE' : 'FUNCTION'} ${functionKey(it)}`,
      comment: it.comment,
      acl: it.acl,
      initialAcl: PUBLIC_EXECUTE,
      renewed: dropFunctions.has(functionKey(it)),
    })),
    ...plain('INDEX', state.indexes, (key) => decisions.dropIndexes.has(key)),
    ...onTable(state, 'CONSTRAINT', state.constraints, decisions.dropConstraints),
    ...onTable(state, 'TRIGGER', state.triggers, decisions.dropTriggers),
    ...onTable(state, 'POLICY', state.policies, decisions.dropPolicies),
    ...[...state.columns].map(([key, it]) => ({
      target: `COLUMN ${key}`,
      comment: it.comment,
      acl: it.acl,
      column: { name: it.name, table: state.relation(it.table) },
      renewed: decisions.rebuiltColumns.has(key),
    })),
  ];
}

function plain<T extends Pick<Holder, 'comment' | 'acl'>>(
  kind: string,
  list: ReadonlyMap<string, T>,
  renewed: (key: string) => boolean = () => false,
): readonly Holder[] {
  return [...list].map(([key, it]) => ({
    target: `${kind} ${key}`,
    comment: it.comment,
    acl: it.acl,
    renewed: renewed(key),
  }));
}

function onTable<T extends Pick<Holder, 'comment'> & { readonly name: string; readonly table: number }>(
  state: Keyed,
  kind: string,
  list: ReadonlyMap<string, T>,
  renewed: ReadonlySet<string>,
): readonly Holder[] {
  return [...list].map(([key, it]) => ({
    target: `${kind} ${identifier(it.name)} ON ${state.relation(it.table)}`,
    comment: it.comment,
    renewed: renewed.has(key),
  }));
}

const comment = (it: Holder, had: string | null): readonly Step[] =>
  it.comment === had ? [] : [step(`COMMENT ON ${it.target} IS ${it.comment === null ? 'NULL' : literal(it.comment)}`)];

function grants(it: Holder, had: readonly string[]): readonly Step[] {
  const wants = it.acl ?? [];
  const revoke = had.filter((item) => !wants.includes(item)).map((item) => grantStep(it, item, false));
  return [...revoke, ...wants.filter((item) => !had.includes(item)).map((item) => grantStep(it, item, true))];
}

function grantStep(it: Holder, item: string, give: boolean): Step {
  const split = item.lastIndexOf(':');
  const grantee = item.slice(0, split);
  const option = item.endsWith('*');
  const privilege = item.slice(split + 1, option ? -1 : undefined);
  const what = it.column ? `${privilege} (${identifier(it.column.name)})` : privilege;
  const on = it.column ? `TABLE ${it.column.table}` : it.target.replace(/^(MATERIALIZED )?VIEW /, 'TABLE ');
  if (!give) return step(`REVOKE ${what} ON ${on} FROM ${grantee}`);
  return step(`GRANT ${what} ON ${on} TO ${grantee}${option ? ' WITH GRANT OPTION' : ''}`);
}
