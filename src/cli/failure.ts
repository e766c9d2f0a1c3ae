import { ConnectionError } from '../db/driver.ts';
import { ANEW } from '../db/pglite/data-folder.ts';
import { DISK_FULL } from '../db/pglite/disk-space.ts';
import { HutchError, isHutchError, placeText, projectFrames } from '../errors/index.ts';
import { terminal } from './terminal.ts';

/** Exit codes: 1 something failed, 2 the command line or a setting is wrong. */
export function exitCodeOf(error: unknown): 1 | 2 {
  return isHutchError(error) && error.code.startsWith('config_') ? 2 : 1;
}

/** One clear sentence for a mistake of the user's or the surroundings'; the whole stack only for what is our own. */
export function explain(error: unknown): string {
  if (error instanceof ConnectionError) return explain(unavailable(error));
  if (!isHutchError(error)) return refusedByTheSystem(error) ?? thrown(error);
  if (!terminal.interactive && process.argv.includes('--json')) return JSON.stringify(error);
  return [sentence(error), ...(error.hint === null ? [] : [`  ${error.hint}`])].join('\n');
}

const unavailable = ({ message }: ConnectionError) =>
  new HutchError('database_unavailable', { details: message, hint: hintFor(message) });

/** The engine says no more of a folder that it can't open. */
function hintFor(message: string): string | null {
  if (!message.startsWith('the embedded Postgres did not start')) return null;
  return message.includes(DISK_FULL) ? 'Make room on it: what was committed is still there.' : ANEW;
}

const sentence = (error: HutchError): string =>
  `${terminal.style('red', 'error')} ${error.message}${error.details === null ? '' : ` (${error.details})`}`;

/** What the operating system refuses, by its code. */
const REFUSALS: ReadonlyMap<unknown, string> = new Map([
  ['EACCES', 'Permission denied'],
  ['EPERM', 'Permission denied'],
  ['EROFS', 'The file system is read-only'],
  ['ENOSPC', 'The disk is full'],
  ['EDQUOT', 'The disk quota is used up'],
  ['ENOENT', 'No such file or folder'],
  ['ENOTDIR', 'A file stands where a folder should be'],
  ['EEXIST', 'A file stands where a folder should be'],
  ['EISDIR', 'A folder stands where a file should be'],
  ['EMFILE', 'Too many files are open'],
]);

function refusedByTheSystem(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  if ('syscall' in error && error.syscall === 'listen') return explain(notThere(error.code));
  if (!('path' in error)) return undefined;
  const message = REFUSALS.get(error.code);
  return message && explain(new HutchError('file_refused', { message, details: `${error.path}: ${error.code}` }));
}

const notThere = (code: unknown) =>
  new HutchError('address_refused', {
    details: String(code),
    hint: 'HOST takes an address or a name of this machine, PORT one that you may open',
  });

/** Where it is the project's code that throws, its own lines are enough. */
function thrown(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const frames = projectFrames(error);
  if (frames.length === 0) return error.stack ?? error.message;
  return [
    `${terminal.style('red', 'error')} ${error.name}: ${error.message}`,
    ...frames.map((it) => `  at ${placeText(it)}`),
  ].join('\n');
}

/** Prints an error and ends the process. */
export function fail(error: unknown): never {
  terminal.note(explain(error));
  process.exit(exitCodeOf(error));
}
