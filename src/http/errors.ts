import type { Context, ErrorHandler, NotFoundHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { ConnectionError, DatabaseError } from '../db/driver.ts';
import { HutchError, isHutchError } from '../errors/index.ts';
import { errorResponse, fromDatabase, isDialectError } from '../rest/index.ts';
import type { HttpEnv } from './env.ts';
import type { Logger } from './logger.ts';
import { refusal } from './refusal.ts';

/**
 * What a route throws, in the dialect's shape. What the database refused for the caller's sake is answered as the API answers it;
 * whatever is not an error of ours is logged whole and answered bare.
 */
export function errorHandler(log: Logger): ErrorHandler<HttpEnv> {
  return (error, c) => {
    if (error instanceof HTTPException) return error.getResponse();
    const foreseen = refused(error, isAuthenticated(c));
    if (foreseen) return errorResponse(foreseen);
    if (!isHutchError(error)) log.error({ id: c.var.requestId, err: error }, 'a request failed');
    return refusal(isHutchError(error) ? error : new HutchError('internal', { cause: error }));
  };
}

/** A value that fits nowhere, a rule of the schema, a policy, a `RAISE`; a route's own wrong SQL is none of these. */
const CALLERS_FAULT = /^(22|23|42501|P0001|PT|PGRST)/;

function refused(error: unknown, authenticated: boolean): unknown {
  if (isDialectError(error)) return error;
  const said = saidByDatabase(error);
  if (said instanceof DatabaseError && !CALLERS_FAULT.test(said.code)) return undefined;
  const foreseen = said && fromDatabase(said, authenticated);
  return isDialectError(foreseen) ? foreseen : undefined;
}

/** How deep a chain of causes is followed: Drizzle wraps once. */
const MAX_CAUSES = 8;

function saidByDatabase(error: unknown): DatabaseError | ConnectionError | undefined {
  let current = error;
  for (let depth = 0; depth < MAX_CAUSES && current instanceof Error; depth++) {
    if (current instanceof DatabaseError || current instanceof ConnectionError) return current;
    if (isHutchError(current)) return undefined;
    current = current.cause;
  }
  return undefined;
}

/** The project's own routes know who calls; strangers are asked to sign in where others are refused. */
function isAuthenticated(c: Context<HttpEnv>): boolean {
  const actor: unknown = Reflect.get(c.var, 'actor');
  return typeof actor === 'object' && actor !== null && 'role' in actor && actor.role !== 'anon';
}

/** What is served, for whoever asks for something else. */
export interface Served {
  readonly addresses: readonly string[];
  /** Where a browser is sent that opens `/`, unless a route of the project is there. */
  readonly home?: string;
}

export function notFound({ addresses, home }: Served): NotFoundHandler<HttpEnv> {
  return (c) => {
    if (home !== undefined && c.req.path === '/' && /\btext\/html\b/.test(c.req.header('accept') ?? '')) {
      return c.redirect(home);
    }
    const details = `${c.req.method} ${c.req.path}`;
    const message = ofSupabase.get(c.req.path.split('/', 3).slice(1).join('/'));
    return refusal(new HutchError('not_found', { message, details, hint: `Served here: ${addresses.join(', ')}` }));
  };
}

/** What supabase-js asks for beside rows and functions. It shows its user nothing but the message. */
const ofSupabase: ReadonlyMap<string, string> = new Map([
  ['auth/v1', 'Nobody signs in here: give createClient an accessToken that returns your identity provider’s token'],
  ['storage/v1', 'No files are stored here'],
  ['realtime/v1', 'Changes are not sent as they happen here'],
  ['functions/v1', 'Edge functions are routes of your own here, at their own addresses'],
]);
