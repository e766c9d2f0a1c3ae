import { type Command, type CommanderError, Option } from 'commander';
import { type Config, type Flags, loadConfig, type Setting, type SettingName, settings } from '../config/index.ts';
import { didYouMean, HutchError } from '../errors/index.ts';

/** Adds the flags of these settings to a command; a switch may be written bare or as `--no-…`. */
export function withSettings(command: Command, names: readonly SettingName[]): Command {
  for (const name of names) {
    const row: Setting<unknown> = settings[name];
    if (row.flag === undefined) continue;
    const isSwitch = row.kind.form === 'on|off';
    command.addOption(new Option(`--${row.flag} ${placeholder(row.kind.form)}`, row.help));
    if (isSwitch) command.addOption(new Option(`--no-${row.flag}`).hideHelp());
  }
  return command;
}

/** commander reads `|` and `,` as separators, so only a plain form can stand in a flag's declaration. */
function placeholder(form: string): string {
  if (form === 'on|off') return '[on/off]';
  return form.includes('|') ? `<${form.replaceAll('|', '/')}>` : form.replace(',…', '');
}

/** The flags as `loadConfig` takes them, from what commander parsed. */
export function flagsOf(options: Readonly<Record<string, unknown>>): Flags {
  const flags: Partial<Record<SettingName, string | boolean>> = {};
  for (const [name, row] of entries) {
    const value = row.flag === undefined ? undefined : options[camelCase(row.flag)];
    if (typeof value === 'string' || typeof value === 'boolean') flags[name] = value;
  }
  return flags;
}

const entries = Object.entries(settings) as [SettingName, Setting<unknown>][]; // keys of a const table

const camelCase = (flag: string): string => flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** commander's own complaints as ours: exit code 2 and the nearest right flag or command. */
export function usageError(error: CommanderError, argv: readonly string[], program: Command): HutchError {
  const wrong =
    /unknown option '([^']+)'/.exec(error.message)?.[1] ?? /unknown command '([^']+)'/.exec(error.message)?.[1];
  return new HutchError(error.code === 'commander.unknownOption' ? 'config_unknown_flag' : 'config_invalid_value', {
    message: error.message.replace(/^error: /, '').replace(/\n.*$/s, ''),
    hint: wrong === undefined ? helpOf(program, argv) : hintFor(wrong, program, argv),
    ...(wrong !== undefined && { field: wrong }),
  });
}

const helpOf = (program: Command, argv: readonly string[]): string =>
  ['See hutch help', ...pathOf(commandAt(program, argv), program)].join(' ');

/** The words that lead to a command. */
const pathOf = (command: Command, program: Command): readonly string[] =>
  command === program || command.parent === null ? [] : [...pathOf(command.parent, program), command.name()];

function hintFor(wrong: string, program: Command, argv: readonly string[]): string {
  const elsewhere = commandsNamed(wrong, program).map((it) => ['hutch', ...pathOf(it, program)].join(' '));
  if (elsewhere.length > 0) return `Did you mean ${elsewhere.join(' or ')}?`;
  const right = known(program, argv);
  if (right.includes(wrong)) return 'It belongs behind the command that it is for.';
  return didYouMean(wrong, right) ?? helpOf(program, argv);
}

const commandsNamed = (name: string, { commands }: Command): readonly Command[] =>
  commands.flatMap((it) => (it.name() === name ? [it] : commandsNamed(name, it)));

/** The command that these words name, as far as they name one. */
export function commandAt(program: Command, words: readonly string[]): Command {
  let command = program;
  for (const word of words) command = command.commands.find((candidate) => candidate.name() === word) ?? command;
  return command;
}

/** Flags and commands that would have been right at this place. */
function known(program: Command, argv: readonly string[]): readonly string[] {
  const command = commandAt(program, argv);
  const flags = command.options.flatMap((option) => (option.hidden || !option.long ? [] : [option.long]));
  return [...flags, ...command.commands.map((candidate) => candidate.name())];
}

/** The configuration of a command: its flags, then the environment. */
export function configOf(options: Readonly<Record<string, unknown>>): Config {
  return loadConfig(process.env, flagsOf(options));
}
