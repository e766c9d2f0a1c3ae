import { HutchError } from '../../errors/index.ts';
import { type Input, type OptionSpec, text } from './command.ts';

/** @throws HutchError where it is not a whole number from 0 */
export function count(input: Input, name: string): number | undefined {
  const value = text(input, name);
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value);
  throw new HutchError('config_invalid_value', {
    details: `--${name} takes a whole number, not '${value}'.`,
    field: name,
  });
}

export const TO: OptionSpec = { flags: '--to <name>', help: 'go to this migration; part of its name will do' };
export const STEPS: OptionSpec = { flags: '--steps <n>', help: 'how many migrations' };
export const DRY_RUN: OptionSpec = { flags: '--dry-run', help: 'only print the exact SQL, and what it would change' };

/** How the questions of generate and push are answered where nobody can be asked. */
export const ANSWERS: readonly OptionSpec[] = [
  { flags: '--rename <from=to>', help: 'users.name=users.full_name was a rename', many: true },
  { flags: '--create <name>', help: 'this is new, not a rename; * for all', many: true },
  { flags: '--accept-loss <name>', help: 'the data of this may go; * for all', many: true },
];
