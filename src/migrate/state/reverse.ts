import { DatabaseError, type Driver, type Transaction } from '../../db/driver.ts';
import { qualified } from '../../db/quoting.ts';
import type { SchemaState } from './entities.ts';
import { closeGap } from './gap/plan.ts';
import { keptViews } from './kept-views.ts';
import { type Difference, differences, keyed } from './keyed.ts';
import type { Leave } from './queries.ts';
import { leaveOf, readStateWithin } from './read.ts';
import { renamesBetween } from './renames.ts';
import { rolledBack } from './rolled-back.ts';
import type { Step } from './steps.ts';

/** A way from the database's present state to an earlier one of its own. */
export interface Way {
  /** In order, without semicolons. */
  readonly statements: readonly string[];
  /** What still differs at its end; empty: it is exact. */
  readonly differing: readonly Difference[];
  /** The statement that Postgres refused, and why; undefined where all went. */
  readonly refused: { readonly statement: string; readonly reason: string } | undefined;
}

/** Each round reads the state anew and closes what is still open; two are the rule, more where objects carry others with them. */
const ROUNDS = 4;
const UNSAFE_ENUM_USE = '55P04';

/**
 * Finds the way back by walking it: in a transaction that is rolled back, renames first (seen by OID), then whatever else differs.
 * Where a statement has alternatives, the first that Postgres accepts is taken. The database is left as it was.
 */
export async function wayBack(driver: Driver, target: SchemaState, options: WayOptions = {}): Promise<Way> {
  const roles = options.roles ?? (() => true);
  const goal: Goal = { target: filterRoles(target, roles), leave: options.leave ?? leaveOf(), roles };
  const first = await walk(driver, goal, false);
  return first.refused?.reason.startsWith(UNSAFE_ENUM_USE) ? walk(driver, goal, true) : first;
}

export interface WayOptions {
  readonly leave?: Leave;
  /** Which roles count. They belong to the whole server, where others may make some at the same time. Absent: all. */
  readonly roles?: (name: string) => boolean;
}

interface Goal extends Required<WayOptions> {
  readonly target: SchemaState;
}

export const filterRoles = (state: SchemaState, keep: (name: string) => boolean): SchemaState => ({
  ...state,
  roles: state.roles.filter((it) => keep(it.name)),
});

const walk = (driver: Driver, goal: Goal, rebuildEnums: boolean): Promise<Way> =>
  rolledBack(driver, (tx) => walkWithin(tx, goal, rebuildEnums));

async function walkWithin(tx: Transaction, { target, leave, roles }: Goal, rebuildEnums: boolean): Promise<Way> {
  const statements: string[] = [];
  const read = async () => filterRoles(await readStateWithin(tx, leave), roles);
  const take = async (steps: readonly Step[]) => {
    for (const step of steps) statements.push(await tryStep(tx, step));
  };
  try {
    await tx.script('SET LOCAL check_function_bodies = off');
    await take(renamesBetween(await read(), target));
    for (let round = 0; round < ROUNDS; round++) {
      const steps = closeGap(await read(), target, { rebuildEnums });
      if (steps.length === 0) break;
      await take(steps);
    }
    const differing = differences(keyed(await read()), keyed(target));
    return { statements: keepingViews(statements, target), differing, refused: undefined };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { statements, differing: [], refused: { statement: error.statement, reason: error.message } };
  }
}

/** What the views that are made anew have besides is the same on the way back. */
function keepingViews(statements: readonly string[], target: SchemaState): readonly string[] {
  const dropped = new Set(statements.map((sql) => /^DROP (?:MATERIALIZED )?VIEW (.+)/.exec(sql)?.[1]));
  const again = target.views.filter(({ schema, name }) => dropped.has(qualified(schema, name)));
  if (again.length === 0) return statements;
  const { keep, putBack } = keptViews(again);
  return [keep, ...statements, putBack];
}

class Refused extends Error {
  constructor(
    readonly statement: string,
    reason: string,
  ) {
    super(reason);
  }
}

async function tryStep(tx: Transaction, step: Step): Promise<string> {
  const choices = [step.sql, ...(step.instead ?? [])];
  let reason = '';
  for (const sql of choices) {
    try {
      await tx.savepoint((inner) => inner.query({ text: sql, prepare: false }));
      return sql;
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      reason ||= `${error.code}: ${error.message}`;
    }
  }
  throw new Refused(step.sql, reason);
}
