/** The dialect's public face: the stages that a request passes, and what they need. */

export { type AuthSettings, type Caller, createAuthenticate } from './auth/authenticate.ts';
export { runBatch } from './batch.ts';
export { type Compiled, compile } from './compile/statement.ts';
export { isDialectError } from './errors/dialect-error.ts';
export { errorResponse } from './errors/error-response.ts';
export type { ActorContext } from './execute/actor.ts';
export { inspect } from './execute/inspect.ts';
export type { Outcome } from './execute/outcome.ts';
export { execute } from './execute/run.ts';
export { openapi, openapi2, type Visible } from './openapi/index.ts';
export { bodyForm } from './parse/payload.ts';
export { type ParseSettings, parseHead, parseRequest } from './parse/request.ts';
export type { ApiRequest } from './parse/types.ts';
export { plan } from './plan/plan.ts';
export type { InspectPlan, Plan, ReadStatementPlan, StatementPlan } from './plan/types.ts';
export { PreparedPlans } from './prepare.ts';
export { respond, respondInfo, respondInspect, respondStream } from './respond/respond.ts';
export { defaultRestSettings, type RestSettings } from './settings.ts';
export { insertStream } from './stream/insert-stream.ts';
export { readStream } from './stream/read-stream.ts';
