import { unquoted } from '../../db/quoting.ts';
import type { SchemaState } from './entities.ts';
import { closeGap } from './gap/plan.ts';
import { keptViews } from './kept-views.ts';
import type { Step } from './steps.ts';

const NAME = '(?:"(?:[^"]|"")+"|[\\w$]+)';
/** "rule _RETURN on view totals depends on column price of table items", "view a depends on view b": a line for each. */
const DEPENDENT = new RegExp(`\\bview (?:${NAME}\\.)?(${NAME}) depends on `, 'g');

/** The views that Postgres names in an error's detail as standing on what was to change, and those that stand on them. */
function viewsNamed(state: SchemaState, detail: string | undefined): ReadonlySet<number> {
  const names = new Set([...(detail ?? '').matchAll(DEPENDENT)].map(([, name = '']) => bare(name)));
  const found = new Set(state.views.filter((it) => names.has(it.name)).map((it) => it.oid));
  for (const view of found)
    for (const it of state.dependencies) if (it.kind === 'view' && it.table === view) found.add(it.oid);
  return found;
}

const bare = (name: string): string => (name.startsWith('"') ? unquoted(name) : name);

/** What takes views down before a change, and puts them up again after it as they were, where nobody knew of it as well. */
export interface AroundViews {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export function aroundViews(state: SchemaState, views: ReadonlySet<number>): AroundViews {
  const rest = without(state, views);
  const { keep, putBack } = keptViews(state.views.filter(({ oid }) => views.has(oid)));
  return {
    before: [keep, ...closeGap(state, rest).map(sqlOf)],
    after: [...closeGap(rest, state).map(sqlOf), putBack],
  };
}

const sqlOf = ({ sql }: Step): string => sql;

function without(state: SchemaState, views: ReadonlySet<number>): SchemaState {
  const isElsewhere = ({ table }: { readonly table: number }) => !views.has(table);
  return {
    ...state,
    views: state.views.filter(({ oid }) => !views.has(oid)),
    columns: state.columns.filter(isElsewhere),
    indexes: state.indexes.filter(isElsewhere),
    triggers: state.triggers.filter(isElsewhere),
    rules: state.rules.filter(isElsewhere),
    dependencies: state.dependencies.filter((it) => isElsewhere(it) && !views.has(it.oid)),
  };
}

/** Calls `apply` again, with what takes aside the views that stood in its way, as long as Postgres names further ones. */
export async function besideViews<T>(
  first: T,
  detailOf: (outcome: T) => string | undefined,
  read: () => Promise<SchemaState>,
  apply: (around: AroundViews) => Promise<T>,
): Promise<T> {
  if (!DEPENDENT_ON_VIEW.test(detailOf(first) ?? '')) return first;
  const state = await read();
  const aside = new Set<number>();
  let outcome = first;
  for (let known = -1; known !== aside.size; ) {
    known = aside.size;
    for (const view of viewsNamed(state, detailOf(outcome))) aside.add(view);
    if (aside.size > known) outcome = await apply(aroundViews(state, aside));
  }
  return outcome;
}

const DEPENDENT_ON_VIEW = new RegExp(DEPENDENT.source);
