import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Config } from '../config/index.ts';
import { type Driver, openPostgres } from '../db/index.ts';
import { createLogger } from '../http/logger.ts';
import { withUrl } from '../server/attach.ts';
import { configOf, withSettings } from './options.ts';
import { addSnapshotCommands } from './snapshot-commands.ts';
import { type Terminal, terminal } from './terminal.ts';

/** `hutch db …`: what is not about migrations. All of it goes through the running server where there is one. */
export function addDatabaseCommands(db: Command): void {
  withSettings(db.command('psql [args...]'), ['project', 'dataDir'])
    .description("Opens psql on the project's database; what follows -- goes to psql.")
    .allowUnknownOption()
    .action(async (args: readonly string[], options) => psql(configOf(options), args));
  withSettings(db.command('dump [args...]'), ['project', 'dataDir'])
    .description('Writes the database as SQL that psql loads; what follows -- goes to pg_dump.')
    .option('--out <file>', 'writes it there instead of to standard output')
    .allowUnknownOption()
    .action(async (args: readonly string[], options) => dump(configOf(options), args, options.out));
  addSnapshotCommands(db);
}

async function psql(config: Config, args: readonly string[]): Promise<void> {
  const { hasPsql, runPrompt, runPsql } = await import('./psql.ts');
  await withUrl(config, await quiet(config), async (url) => {
    if (hasPsql()) process.exitCode = await runPsql(url, args);
    else await prompt(url, runPrompt);
  });
}

async function prompt(url: string, run: (driver: Driver, terminal: Terminal) => Promise<void>): Promise<void> {
  const driver = await openPostgres({ url, poolSize: 1, statementTimeout: 0 });
  await run(driver, terminal).finally(() => driver.close());
}

async function dump(config: Config, args: readonly string[], file: unknown): Promise<void> {
  const { dumpDatabase } = await import('./dump/dump.ts');
  const sql = await withUrl(config, await quiet(config), (url) => dumpDatabase(url, { args }));
  if (typeof file !== 'string') return terminal.print(sql.trimEnd());
  await writeFile(file, sql);
  terminal.note(`Wrote ${file}`);
}

const quiet = (config: Config) => createLogger({ level: config.logLevel, pretty: process.stderr.isTTY === true });
