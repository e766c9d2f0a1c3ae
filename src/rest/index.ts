/**
 * The dialect's public face: the stages that a request passes, and what they need. Batches, streams and descriptions are beside it, each with a
 * face of its own: few requests need them, and a start is not kept waiting for them.
 */

export type { Caller } from './auth/authenticate.ts';
export { compile } from './compile/statement.ts';
export { fromDatabase } from './errors/database-errors.ts';
export { isDialectError } from './errors/dialect-error.ts';
export { errorResponse } from './errors/error-response.ts';
export type { ActorContext } from './execute/actor.ts';
export { execute } from './execute/execute.ts';
export { bodyForm } from './parse/payload.ts';
export { type ParseSettings, parseHead, parseRequest } from './parse/request.ts';
export type { ApiRequest } from './parse/types.ts';
export { plan } from './plan/plan.ts';
export type { InspectPlan } from './plan/types.ts';
export { PreparedPlans } from './prepare.ts';
export { respond, respondInfo, respondInspect, respondStream } from './respond/respond.ts';
export { type SelectionInput, selection } from './selection.ts';
export { defaultRestSettings, type RestSettings } from './settings.ts';
export type { InsertProgress } from './stream/progress.ts';
export { isStreamed, type StreamedPlan } from './stream/streamed.ts';
