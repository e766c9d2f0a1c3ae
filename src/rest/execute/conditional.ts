import { DatabaseError, type Driver, type Transaction } from '../../db/index.ts';
import { bind } from '../compile/bind.ts';
import { lockTemplate } from '../compile/lock.ts';
import type { Compiled } from '../compile/statement.ts';
import { compile } from '../compile/statement.ts';
import { notLockable, preconditionFailed } from '../errors/extension-errors.ts';
import type { ApiRequest } from '../parse/types.ts';
import { plan } from '../plan/plan.ts';
import type { MutationStatementPlan, ReadStatementPlan } from '../plan/types.ts';
import { entityTag, tagMatches } from '../respond/entity-tag.ts';
import type { ActorContext } from './actor.ts';
import { type ExecuteOptions, refusal, settle, statementsOf, transactionOf, UNDONE } from './at-once.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { requestWith } from './request-with.ts';

/**
 * A mutation under `If-Match` or `If-None-Match: *`. The rows are locked, read as GET of the same URL would show them, and
 * only changed when what is there is what the client saw: nobody can change them in between.
 *
 * @throws DialectError HUTCH101 (412) where the precondition does not hold, HUTCH112 where it cannot be held
 */
export async function executeConditional(
  driver: Driver,
  context: ActorContext,
  planned: MutationStatementPlan,
  compiled: Compiled,
  options: ExecuteOptions,
): Promise<Outcome> {
  const { end, ...transaction } = transactionOf(context, planned);
  let outcome: Outcome | undefined;
  const work = async (tx: Transaction) => {
    await checkPrecondition(tx, context);
    const { run, main } = statementsOf(context, planned, compiled);
    const results = [];
    for (const statement of run) results.push(await tx.query(statement));
    outcome = settle(context, planned, results, main);
    if (end === 'rollback') throw UNDONE;
  };
  try {
    await driver.transaction(work, { ...options, ...transaction });
  } catch (error) {
    if (error !== UNDONE) throw refusal(error, context.caller);
  }
  if (outcome === undefined) throw new Error('The mutation left no outcome');
  return outcome;
}

async function checkPrecondition(tx: Transaction, { request, catalog, settings }: ActorContext): Promise<void> {
  const { ifMatch, ifNoneMatch } = request.conditions;
  const reading = asRead(request);
  const planned = plan(reading, catalog, { ...settings, maxRows: null });
  if (planned.kind !== 'read') return;
  await lock(tx, planned, reading);
  const { page, body } = outcomeOf(await tx.query(bind(compile(planned).main, reading)));
  const tag = entityTag(body);
  if (ifMatch !== null && page === 0) throw preconditionFailed('missing');
  if (ifMatch !== null && !tagMatches(ifMatch, tag)) throw preconditionFailed('changed');
  if (ifNoneMatch !== null && page > 0 && tagMatches(ifNoneMatch, tag)) throw preconditionFailed('present');
}

/** Postgres does not lock through a view of groups, of distinct rows and the like. */
const FEATURE_NOT_SUPPORTED = '0A000';

async function lock(tx: Transaction, planned: ReadStatementPlan, reading: ApiRequest): Promise<void> {
  try {
    await tx.query(bind(lockTemplate(planned), reading));
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== FEATURE_NOT_SUPPORTED) throw error;
    throw notLockable(planned.target.name, error.message);
  }
}

/** The GET that shows what a mutation is about to change. */
function asRead(request: ApiRequest): ApiRequest {
  const relation = request.action.kind === 'mutate' ? request.action.relation : '';
  return requestWith(request, {
    method: 'GET',
    action: { kind: 'read', relation, headersOnly: false },
    payload: null,
    accept: [{ kind: 'json' }],
    preferences: { ...request.preferences, return: null, count: null, cursor: false, maxAffected: null },
  });
}
