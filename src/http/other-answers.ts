import {
  type ActorContext,
  type ApiRequest,
  type InspectPlan,
  insertStream,
  inspect,
  openapi2,
  type PreparedPlans,
  type ReadStatementPlan,
  readStream,
  respond,
  respondInspect,
  respondStream,
  runBatch,
} from '../rest/index.ts';
import { parseSettings } from './read-request.ts';
import type { RestDeps } from './rest-deps.ts';
import type { StageTimer } from './stage-timer.ts';

/** What a request on its way has gathered. */
export interface Way {
  readonly deps: RestDeps;
  readonly http: Request;
  readonly plans: PreparedPlans;
  readonly timer: StageTimer;
  readonly label: string | undefined;
  readonly context: ActorContext;
}

/** A batch, or rows without end: not one statement, so nothing to plan as one. */
export const isManyOperations = ({ action, payload }: ApiRequest): boolean =>
  action.kind === 'batch' || payload?.kind === 'stream';

export async function answerMany({ deps, context, plans, timer, label }: Way): Promise<Response> {
  const { driver, settings } = deps;
  if (context.request.action.kind === 'batch') {
    const batch = { ...context, driver, plans, parseSettings: parseSettings(settings), label };
    return timer.wait('transaction', () => runBatch(batch));
  }
  const inserted = await timer.wait('transaction', () => insertStream(driver, context, { label }));
  return timer.run('response', () => respond(inserted.plan, context.request, inserted.outcome, settings));
}

/** Rows that are sent while they are read. */
export async function answerStreamed({ deps, context, timer, label }: Way, plan: ReadStatementPlan): Promise<Response> {
  const rows = await timer.wait('transaction', () => readStream(deps.driver, context, plan, { label }));
  return respondStream(plan, context.request, rows);
}

/** The root's document: OpenAPI 2.0, as the dialect's clients read it. */
export async function answerInspect({ deps, http, context, timer, label }: Way, plan: InspectPlan): Promise<Response> {
  const shown = await timer.wait('transaction', () => inspect(deps.driver, context, label));
  const { hostname, port, protocol } = new URL(http.url);
  const { openapiMode, extraSearchPath } = deps.settings;
  const document = openapi2(context.catalog, shown, {
    host: hostname,
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
    serverProxyUri: deps.settings.openapiServerProxyUri,
    securityActive: deps.settings.openapiSecurityActive,
    searchPath: openapiMode === 'follow-privileges' ? [plan.schema, ...extraSearchPath] : [],
  });
  return respondInspect(plan, context.request, JSON.stringify(document));
}
