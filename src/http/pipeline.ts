import {
  type ApiRequest,
  compile,
  errorResponse,
  execute,
  isStreamed,
  type ParseSettings,
  PreparedPlans,
  plan,
  type RestSettings,
  respond,
  respondInfo,
} from '../rest/index.ts';
import { parseSettings, readRequest } from './read-request.ts';
import type { RestDeps } from './rest-deps.ts';
import { StageTimer, type Timer, untimed } from './stage-timer.ts';

export type { RestDeps };

/** What all requests have in common. */
interface Served {
  readonly deps: RestDeps;
  readonly plans: PreparedPlans;
  readonly rules: ParseSettings;
}

/** The HTTP dialect: answers any request whose path starts with the mount. Never throws. */
export function restHandler(deps: RestDeps): (request: Request, requestId?: string) => Promise<Response> {
  const served = { deps, plans: new PreparedPlans(), rules: parseSettings(deps.settings) };
  return async (http, requestId) => {
    const timer = deps.settings.serverTiming ? new StageTimer() : untimed;
    const response = await answer(served, http, timer, requestId).catch((error: unknown) => {
      const refused = errorResponse(error, deps.settings.errorVerbosity);
      if (refused.status >= 500 && http.signal.aborted) return new Response(null, { status: HUNG_UP });
      if (refused.status >= 500) deps.onError?.(error, requestId);
      return http.method === 'HEAD' ? new Response(null, refused) : refused;
    });
    addHeaders(deps.settings, http, response, timer);
    return response;
  };
}

/** For the log: the client has gone, so nobody reads it. Others' servers have the same number for it. */
const HUNG_UP = 499;

/** A batch, or rows without end: not one statement, so nothing to plan as one. */
const isManyOperations = ({ action, payload }: ApiRequest): boolean =>
  action.kind === 'batch' || payload?.kind === 'stream';

/** Batches, streams and descriptions bring as much code along as all the rest: a start is not kept waiting for it. */
export const otherAnswers = () => import('./other-answers.ts');

/** A request's way: parse, plan, compile, execute, respond. A shape that came before has its plan and statement already. */
async function answer(
  { deps, plans, rules }: Served,
  http: Request,
  timer: Timer,
  label: string | undefined,
): Promise<Response> {
  const { driver, settings } = deps;
  timer.begin('jwt');
  const caller = await deps.auth(http);
  timer.begin('parse');
  const request = await readRequest(http, rules, deps.bodyLimit);
  const catalog = deps.catalog();
  const way = { deps, http, plans, rules, timer, label, context: { request, caller, catalog, settings } };
  if (isManyOperations(request)) return (await otherAnswers()).answerMany(way);
  timer.begin('plan');
  const known = plans.get(request, catalog);
  const planned = known?.plan ?? plan(request, catalog, settings);
  if (planned.kind === 'info') return respondInfo(planned);
  if (planned.kind === 'inspect') return (await otherAnswers()).answerInspect(way, planned);
  if (isStreamed(planned, request)) return (await otherAnswers()).answerStreamed(way, planned);
  const compiled = known?.compiled ?? compile(planned);
  if (known === undefined) plans.set(request, catalog, { plan: planned, compiled });
  const options = { label, hangUp: () => http.signal };
  timer.begin('transaction');
  const outcome = await execute(driver, way.context, planned, compiled, options);
  timer.begin('response');
  return respond(planned, request, outcome, settings);
}

function addHeaders(settings: RestSettings, http: Request, response: Response, timer: Timer): void {
  // without it Bun says that the length is 0, which it is only here: nobody made the body that GET would have
  if (http.method === 'HEAD' && response.status !== 204) response.headers.set('Transfer-Encoding', 'chunked');
  const timing = timer.header();
  if (timing !== null) response.headers.set('Server-Timing', timing);
  const { traceHeader } = settings;
  if (traceHeader !== null) response.headers.set(traceHeader, http.headers.get(traceHeader) ?? '');
}
