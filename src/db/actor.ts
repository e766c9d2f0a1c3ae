import type { Actor, Statement, TransactionOptions } from './driver.ts';

/**
 * The statement that puts an actor's role and settings into the transaction. It is a statement of its own, never a CTE of
 * the one it is for: a role set there changes `current_user`, but row level security is already planned without it.
 */
export function actorStatement(actor: Actor | undefined, extra: Actor['settings'] = {}): Statement | undefined {
  const settings = [...Object.entries(actor?.settings ?? {}), ...Object.entries(extra)];
  if (actor?.role !== undefined) settings.push(['role', actor.role]);
  if (settings.length === 0) return undefined;
  const calls = settings.map((_, index) => `set_config($${index * 2 + 1}, $${index * 2 + 2}, true)`);
  return { text: `SELECT ${calls.join(', ')}`, params: settings.flat() };
}

/** `BEGIN` with the options that differ from the server's own. */
export function beginStatement(options: TransactionOptions | undefined): Statement {
  const modes: string[] = [];
  if (options?.isolation !== undefined) modes.push(`ISOLATION LEVEL ${options.isolation.toUpperCase()}`);
  if (options?.readOnly !== undefined) modes.push(options.readOnly ? 'READ ONLY' : 'READ WRITE');
  return { text: modes.length === 0 ? 'BEGIN' : `BEGIN ${modes.join(', ')}` };
}

export const COMMIT: Statement = { text: 'COMMIT' };
export const ROLLBACK: Statement = { text: 'ROLLBACK' };
