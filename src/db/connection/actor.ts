import type { Actor, Statement, TransactionOptions } from '../driver.ts';

/**
 * The statement that puts an actor's role and settings into the transaction. It is a statement of its own, never a CTE of
 * the one it is for: a role set there changes `current_user`, but row level security is already planned without it.
 */
export function actorStatement(actor: Actor | undefined, extra: Actor['settings'] = {}): Statement | undefined {
  const params: string[] = [];
  addSettings(params, actor?.settings);
  addSettings(params, extra);
  if (actor?.role !== undefined) params.push('role', actor.role);
  if (params.length === 0) return undefined;
  return { text: settingText(params.length / 2), params, rowless: true };
}

/** By hand: every request passes here, and pairs made only to be flattened cost more than the statement's bytes. */
function addSettings(params: string[], settings: Readonly<Record<string, string>> = {}): void {
  for (const name in settings) params.push(name, settings[name] ?? '');
}

const settingTexts: string[] = [];

/** One text for each number of settings, so that each is prepared once. */
function settingText(count: number): string {
  const known = settingTexts[count];
  if (known !== undefined) return known;
  const calls = Array.from({ length: count }, (_, index) => `set_config($${index * 2 + 1}, $${index * 2 + 2}, true)`);
  const text = `SELECT ${calls.join(', ')}`;
  settingTexts[count] = text;
  return text;
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
