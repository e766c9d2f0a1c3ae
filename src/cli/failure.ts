import { ConnectionError } from '../db/driver.ts';
import { HutchError, isHutchError } from '../errors/index.ts';
import { terminal } from './terminal.ts';

/** Exit codes: 1 something failed, 2 the command line or a setting is wrong. */
export function exitCodeOf(error: unknown): 1 | 2 {
  return isHutchError(error) && error.code.startsWith('config_') ? 2 : 1;
}

/** One clear sentence for a mistake of the user's or the surroundings'; the stack only for what is our own. */
export function explain(error: unknown): string {
  if (error instanceof ConnectionError) return explain(unavailable(error));
  if (!isHutchError(error)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (!terminal.interactive && process.argv.includes('--json')) return JSON.stringify(error);
  return [sentence(error), ...(error.hint === null ? [] : [`  ${error.hint}`])].join('\n');
}

const unavailable = (error: ConnectionError) => new HutchError('database_unavailable', { details: error.message });

const sentence = (error: HutchError): string =>
  `${terminal.style('red', 'error')} ${error.message}${error.details === null ? '' : ` (${error.details})`}`;

/** Prints an error and ends the process. */
export function fail(error: unknown): never {
  terminal.note(explain(error));
  process.exit(exitCodeOf(error));
}
