import type { HutchError } from '../errors/index.ts';

/** An error of ours as an answer, in the dialect's shape. */
export const refusal = (error: HutchError): Response =>
  Response.json(error, { status: error.status, headers: retryHeaders(error.status) });

/** A 503 passes: a restart takes about a second. */
const retryHeaders = (status: number): Record<string, string> => (status === 503 ? { 'retry-after': '1' } : {});
