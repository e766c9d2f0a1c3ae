import type { Context } from 'hono';
import type { ProjectEnv } from '../../server/application/project-routes.ts';

/** The `sub` of the token: a user's id. */
export function me(c: Context<ProjectEnv>): string | undefined {
  const claims: unknown = JSON.parse(c.var.actor.settings?.['request.jwt.claims'] || '{}');
  if (typeof claims !== 'object' || claims === null || !('sub' in claims)) return undefined;
  return typeof claims.sub === 'string' ? claims.sub : undefined;
}

/** Errors look as they do over the API. */
export function refusal(code: string, message: string, details: string | null = null) {
  return { code, details, hint: null, message };
}

/** From here on a transaction is the server's own doing: no caller may write events. */
export const SERVER = { role: 'none' };
