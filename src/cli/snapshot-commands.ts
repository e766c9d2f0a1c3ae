import type { Command } from 'commander';
import type { Config } from '../config/index.ts';
import { createLogger } from '../http/logger.ts';
import { type SnapshotAction, snapshot } from '../server/database/snapshots.ts';
import { checkFolder } from './folder.ts';
import { configOf, withSettings } from './options.ts';
import { onStopSignals } from './signals.ts';
import { describeSnapshots } from './snapshot-text.ts';
import { terminal } from './terminal.ts';

const actions: readonly { readonly action: SnapshotAction; readonly args: string; readonly summary: string }[] = [
  { action: 'save', args: ' <name>', summary: 'Keeps the database as it is now.' },
  { action: 'list', args: '', summary: 'Lists what was kept.' },
  { action: 'restore', args: ' <name>', summary: 'Puts the database back, also under a running server.' },
  { action: 'diff', args: ' <name>', summary: 'Says what has changed since.' },
  { action: 'remove', args: ' <name>', summary: 'Forgets it.' },
];

/** `hutch db snapshot …`: the development database, kept and put back. */
export function addSnapshotCommands(db: Command): void {
  const parent = db.command('snapshot').description('Keeps, compares and puts back the development database.');
  for (const { action, args, summary } of actions) {
    withSettings(parent.command(`${action}${args}`).description(summary), ['project', 'dataDir'])
      .option('--json', 'as JSON')
      .action(async (...given: unknown[]) => {
        const options = given.at(-2) as Readonly<Record<string, unknown>>; // commander: arguments, options, command
        await run(configOf(options), action, args === '' ? '' : String(given[0]), options.json === true);
      });
  }
}

async function run(config: Config, action: SnapshotAction, name: string, json: boolean): Promise<void> {
  checkFolder(config, 'database');
  const log = await createLogger({ level: config.logLevel, pretty: process.stderr.isTTY === true });
  const started = performance.now();
  const heedNone = onStopSignals(() => terminal.note('This ends in a moment, whole; a second signal cuts it off.'));
  const result = await snapshot(config, log, action, name).finally(heedNone);
  if (json) return terminal.print(JSON.stringify(result ?? null));
  terminal.print(describeSnapshots(action, name, result, performance.now() - started));
}
