import type { BatchOptions, Driver, Result, Statement } from '../../db/index.ts';
import type { Caller } from '../auth/authenticate.ts';
import { bind } from '../compile/bind.ts';
import type { Compiled } from '../compile/statement.ts';
import { fromDatabase } from '../errors/database-errors.ts';
import { notSingular } from '../errors/request-errors.ts';
import { isolationOf } from '../plan/plan.ts';
import type { StatementPlan } from '../plan/types.ts';
import { type ActorContext, actorOf } from './actor.ts';
import { brokenGuard } from './guard.ts';
import { estimatedRows, explainedText, type Outcome, outcomeOf } from './outcome.ts';
import { preRequest } from './pre-request.ts';
import { ownTimeout } from './statement-timeout.ts';

export interface ExecuteOptions {
  /** Aborting cancels the statement. */
  readonly signal?: AbortSignal;
  /** The client's own signal, asked for once the statement has run for a moment. */
  readonly hangUp?: () => AbortSignal;
  /** For observations: the request's id. */
  readonly label?: string;
}

/**
 * Runs a plan's statement as the caller, in one transaction and one round trip: settings, pre-request function, the statement,
 * an estimate if one was asked for, and the end.
 *
 * @throws DialectError for whatever Postgres or a guard refuses
 */
export async function executeAtOnce(
  driver: Driver,
  context: ActorContext,
  plan: StatementPlan,
  compiled: Compiled,
  options: ExecuteOptions = {},
): Promise<Outcome> {
  const statements = statementsOf(context, plan, compiled);
  const transaction = transactionOf(context, plan);
  try {
    const timeout = ownTimeout(driver, transaction.actor);
    const results = await driver.batch(statements.run, { timeout, ...options, ...transaction });
    return settle(context, plan, results, statements.main);
  } catch (error) {
    throw refusal(error, context.caller);
  }
}

/** Thrown to end a transaction whose results are wanted but whose changes are not. */
export const UNDONE = new Error('The transaction was asked to roll back');

/** What a failed statement means to the caller. */
export function refusal(error: unknown, { authenticated }: Caller): unknown {
  return brokenGuard(error) ?? fromDatabase(error, authenticated);
}

const DEFERRED_NOW: Statement = { text: 'SET CONSTRAINTS ALL IMMEDIATE' };

/** Everything that runs for a plan, and which of it is the main statement. */
export function statementsOf(
  { request, settings }: ActorContext,
  plan: StatementPlan,
  compiled: Compiled,
): { readonly run: readonly Statement[]; readonly main: number } {
  const before = preRequest(settings);
  // a rollback must not hide what a commit would have refused
  const check = rollsBack({ request, settings }) && plan.kind !== 'read' ? [DEFERRED_NOW] : [];
  const estimate = compiled.estimate === null ? [] : [bind(compiled.estimate, request)];
  return { run: [...before, bind(compiled.main, request), ...check, ...estimate], main: before.length };
}

/** How a plan's transaction is run and ended. */
export function transactionOf(
  context: ActorContext,
  plan: StatementPlan,
): BatchOptions & Required<Pick<BatchOptions, 'end'>> {
  const own = plan.kind === 'call' ? plan.isolation : null;
  const isolation = own ?? isolationOf(context.catalog.roles.get(context.caller.role)?.isolation ?? null);
  return {
    actor: actorOf(context, plan),
    readOnly: plan.kind === 'read' || (plan.kind === 'call' && plan.readOnly),
    end: rollsBack(context) ? 'rollback' : 'commit',
    together: plan.kind === 'read' && !context.catalog.settingsChanged,
    keepsSettings: context.catalog.settingsKept,
    ...(isolation === null ? {} : { isolation }),
  };
}

/** Whether the changes are undone at the end. */
export function rollsBack({ request, settings }: Pick<ActorContext, 'request' | 'settings'>): boolean {
  const { tx } = request.preferences;
  return tx === 'rollback' || (settings.txEnd.startsWith('rollback') && tx !== 'commit');
}

/** What the results say. @throws DialectError PGRST116 for a read that should have had one row */
export function settle(
  { settings }: ActorContext,
  plan: StatementPlan,
  results: readonly Result[],
  main: number,
): Outcome {
  const result = results[main];
  if (result === undefined) throw new Error('The batch lost its main result');
  if (plan.explain !== null) return { ...EXPLAINED, body: explainedText(result) };
  const outcome = outcomeOf(result);
  if (plan.kind === 'call' && result.rows.length === 0) return withoutRow(plan, outcome);
  if (plan.kind === 'read' && plan.guard.exactlyOne !== null && outcome.page !== 1) throw notSingular(outcome.page);
  const estimate = results.length > main + 1 && plan.kind === 'read' ? results.at(-1) : undefined;
  if (estimate === undefined) return outcome;
  return { ...outcome, total: estimatedTotal(plan.count, outcome.total, estimatedRows(estimate), settings.maxRows) };
}

/** A HEAD of a function's one row, which a filter took away: nothing is aggregated, so nothing comes. */
function withoutRow({ media }: StatementPlan, outcome: Outcome): Outcome {
  if (media.kind === 'object') throw notSingular(0);
  return { ...outcome, total: 0 };
}

const EXPLAINED: Outcome = {
  total: null,
  page: 0,
  location: null,
  body: '',
  headers: null,
  status: null,
  inserted: null,
  last: null,
};

/** An estimated count is exact up to `db-max-rows`, and beyond it a guess if that is more; without such a limit it is always beyond. */
function estimatedTotal(
  count: StatementPlan['count'],
  counted: number | null,
  guess: number | null,
  maxRows: number | null,
): number | null {
  if (count === 'planned') return guess;
  if (counted === null || (maxRows !== null && counted <= maxRows)) return counted;
  return Math.max(counted, guess ?? 0);
}
