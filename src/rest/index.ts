/** The dialect's public face: the stages that a request passes, and what they need. */

export type { Caller } from './auth/authenticate.ts';
export { runBatch } from './batch.ts';
export { compile } from './compile/statement.ts';
export { fromDatabase } from './errors/database-errors.ts';
export { isDialectError } from './errors/dialect-error.ts';
export { errorResponse } from './errors/error-response.ts';
export type { ActorContext } from './execute/actor.ts';
export { inspect } from './execute/inspect.ts';
export { execute } from './execute/run.ts';
export { openapi2 } from './openapi/index.ts';
export { bodyForm } from './parse/payload.ts';
export { type ParseSettings, parseHead, parseRequest } from './parse/request.ts';
export type { ApiRequest } from './parse/types.ts';
export { plan } from './plan/plan.ts';
export type { InspectPlan } from './plan/types.ts';
export { PreparedPlans } from './prepare.ts';
export { respond, respondInfo, respondInspect, respondStream } from './respond/respond.ts';
export { type SelectionInput, selection } from './selection.ts';
export { defaultRestSettings, type RestSettings } from './settings.ts';
export { insertStream } from './stream/insert-stream.ts';
export type { InsertProgress } from './stream/progress.ts';
export { readStream } from './stream/read-stream.ts';
export { isStreamed, type StreamedPlan } from './stream/streamed.ts';
