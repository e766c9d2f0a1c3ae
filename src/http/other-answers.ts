/** What is not one statement with one answer; loaded when it is first asked for. */
import { runBatch } from '../rest/batch.ts';
import { inspect } from '../rest/execute/inspect.ts';
import {
  type ActorContext,
  type InsertProgress,
  type InspectPlan,
  type ParseSettings,
  type PreparedPlans,
  respond,
  respondInspect,
  respondStream,
  type StreamedPlan,
} from '../rest/index.ts';
import { openapi2 } from '../rest/openapi/index.ts';
import { insertStream } from '../rest/stream/insert-stream.ts';
import { readStream } from '../rest/stream/read-stream.ts';
import { NO_HOST } from './address.ts';
import { BODY_LIMIT } from './read-request.ts';
import type { RestDeps } from './rest-deps.ts';
import type { Timer } from './stage-timer.ts';

/** What a request on its way has gathered. */
export interface Way {
  readonly deps: RestDeps;
  readonly http: Request;
  readonly plans: PreparedPlans;
  readonly rules: ParseSettings;
  readonly timer: Timer;
  readonly label: string | undefined;
  readonly context: ActorContext;
}

export async function answerMany(way: Way): Promise<Response> {
  const { deps, http, context, plans, rules, timer, label } = way;
  if (context.request.action.kind !== 'batch') return answerInsert(way);
  timer.begin('transaction');
  return runBatch({ ...context, driver: deps.driver, plans, parseSettings: rules, label, hangUp: () => http.signal });
}

async function answerInsert({ deps, http, context, timer, label }: Way): Promise<Response> {
  const progress = (told: InsertProgress) => deps.onProgress?.(told, label);
  const options = { label, progress, longestRow: deps.bodyLimit ?? BODY_LIMIT, hangUp: () => http.signal };
  deps.hurried?.(http, false);
  try {
    timer.begin('transaction');
    const inserted = await insertStream(deps.driver, context, options);
    timer.begin('response');
    return respond(inserted.plan, context.request, inserted.outcome, deps.settings);
  } finally {
    deps.hurried?.(http, true);
  }
}

/** Rows that are sent while they are read. */
export async function answerStreamed(way: Way, plan: StreamedPlan): Promise<Response> {
  const { deps, http, context, timer, label } = way;
  const ended = () => deps.hurried?.(http, true);
  const broken = (error: unknown) => {
    if (!http.signal.aborted) deps.onError?.(error, label);
  };
  const { statementTimeout } = deps;
  const options = { label, ended, broken, statementTimeout, hangUp: () => http.signal };
  deps.hurried?.(http, false);
  timer.begin('transaction');
  const read = await readStream(deps.driver, context, plan, options);
  timer.begin('response');
  if ('whole' in read) return respond(plan, context.request, read.whole, deps.settings);
  return respondStream(plan, context.request, read.rows, read.total);
}

/** The root's document: OpenAPI 2.0, as the dialect's clients read it. */
export async function answerInspect({ deps, http, context, timer, label }: Way, plan: InspectPlan): Promise<Response> {
  timer.begin('transaction');
  const shown = await inspect(deps.driver, context, label);
  timer.begin('response');
  const { hostname, port, protocol } = new URL(http.url, NO_HOST);
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
