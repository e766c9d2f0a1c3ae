import type { ApiRequest } from '../parse/types.ts';
import type { CallStatementPlan, ReadStatementPlan, StatementPlan } from '../plan/types.ts';

/** What can be sent while it is read. */
export type StreamedPlan = ReadStatementPlan | CallStatementPlan;

/** A page of CSV of so many rows is answered whole without looking how long it gets. */
const SMALL_PAGE = 1_000;

/**
 * Whether a plan's rows may be sent while they are read: NDJSON always, CSV where nothing is asked for that needs the whole of it
 * and no small limit bounds it.
 */
export function isStreamed(plan: StatementPlan, request: ApiRequest): plan is StreamedPlan {
  const { kind } = plan.media;
  if ((kind !== 'ndjson' && kind !== 'csv') || plan.kind === 'mutation' || plan.headersOnly) return false;
  if (plan.kind === 'call' && (plan.call.returnsVoid || plan.guard.maxAffected !== null)) return false;
  return kind === 'ndjson' || (plan.handler.kind === 'csv' && isLongCsv(plan, request));
}

function isLongCsv(plan: StreamedPlan, { range, conditions }: ApiRequest): boolean {
  if (plan.kind === 'call' && (plan.call.single || plan.count !== null)) return false;
  if (plan.count === 'planned' || plan.count === 'estimated') return false;
  if (plan.kind === 'read' && plan.cursor !== null) return false;
  if (conditions.ifMatch !== null || conditions.ifNoneMatch !== null) return false;
  const most = Math.min(range.limit ?? Number.POSITIVE_INFINITY, plan.maxRows ?? Number.POSITIVE_INFINITY);
  return most > SMALL_PAGE;
}
