import { type Command, Option } from 'commander';
import { withContext } from './command-context.ts';
import type { MigrateCommand, OptionSpec, Outcome } from './migrate/command.ts';
import { migrateCommands } from './migrate/commands.ts';
import { configOf, withSettings } from './options.ts';
import { terminal } from './terminal.ts';

/** `hutch migrate …` and the commands of `hutch db …` that are about migrations. */
export function addMigrateCommands(migrate: Command, db: Command): void {
  for (const command of migrateCommands) addCommand(command.group === 'migrate' ? migrate : db, command);
}

function addCommand(parent: Command, command: MigrateCommand): void {
  const added = parent.command(command.args === undefined ? command.name : `${command.name} ${command.args}`);
  withSettings(added.description(command.summary), ['project', 'dataDir', 'logLevel']).option('--json', 'as JSON');
  for (const option of command.options) added.addOption(optionOf(option));
  if (command.passesFlags) added.allowUnknownOption().allowExcessArguments();
  added.action(async (...given: unknown[]) => {
    const options = added.opts();
    const args = command.passesFlags ? added.args : given.filter((value): value is string => typeof value === 'string');
    const outcome = await withContext(configOf(options), command.need ?? 'project', (context) =>
      command.run(context, { options, args }),
    );
    report(outcome, options.json === true);
  });
}

function optionOf({ flags, help, many }: OptionSpec): Option {
  const option = new Option(flags, help);
  return many ? option.argParser((value: string, before: string[] = []) => [...before, value]) : option;
}

function report(outcome: Outcome, json: boolean): void {
  process.exitCode = outcome.exitCode;
  const text = json ? JSON.stringify(outcome.json) : outcome.text;
  if (text !== '') terminal.print(text);
}
