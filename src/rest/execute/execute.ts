import type { Driver } from '../../db/index.ts';
import type { Compiled } from '../compile/statement.ts';
import type { StatementPlan } from '../plan/types.ts';
import type { ActorContext } from './actor.ts';
import { type ExecuteOptions, executeAtOnce } from './at-once.ts';
import { executeConditional } from './conditional.ts';
import type { Outcome } from './outcome.ts';

/**
 * Runs a plan's statement as the caller: in one round trip, or, where a precondition has to be looked at first, step by step
 * in one transaction.
 *
 * @throws DialectError for whatever Postgres, a guard or a precondition refuses
 */
export function execute(
  driver: Driver,
  context: ActorContext,
  plan: StatementPlan,
  compiled: Compiled,
  options: ExecuteOptions = {},
): Promise<Outcome> {
  const { ifMatch, ifNoneMatch } = context.request.conditions;
  const conditional = plan.kind === 'mutation' && (ifMatch !== null || ifNoneMatch !== null);
  return conditional
    ? executeConditional(driver, context, plan, compiled, options)
    : executeAtOnce(driver, context, plan, compiled, options);
}
