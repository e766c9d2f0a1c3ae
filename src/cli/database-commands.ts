import type { Command } from 'commander';
import type { Config } from '../config/index.ts';
import { type Driver, openPostgres, type PostgresAddress } from '../db/index.ts';
import { createLogger } from '../http/logger.ts';
import { isExternal } from '../server/database/database.ts';
import { withUrl } from '../server/serving/attach.ts';
import { checkFolder } from './folder.ts';
import { configOf, withSettings } from './options.ts';
import { interruptible } from './signals.ts';
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
  await withAddress(config, async (address) => {
    if (hasPsql()) process.exitCode = await runPsql(address, args);
    else await prompt(address, runPrompt);
  });
}

async function prompt(address: Address, run: (driver: Driver, terminal: Terminal) => Promise<void>): Promise<void> {
  const driver = await openPostgres({ ...address, poolSize: 1, statementTimeout: 0 });
  await run(driver, terminal).finally(() => driver.close());
}

async function dump(config: Config, args: readonly string[], file: unknown): Promise<void> {
  const { dumpDatabase } = await import('./dump/dump.ts');
  const { writeOut } = await import('./dump/write-out.ts');
  const interruption = new AbortController();
  const { signal } = interruption;
  const dumped = withAddress(config, (address) =>
    writeOut(dumpDatabase(address, { args, signal }), typeof file === 'string' ? file : undefined),
  );
  await interruptible(
    () => dumped,
    () => {
      interruption.abort();
      return dumped;
    },
  );
  if (typeof file === 'string') terminal.note(`Wrote ${file}`);
}

type Address = PostgresAddress & { readonly url: string };

/** Where the database is, for programs and connections of their own; TLS is for servers elsewhere. */
async function withAddress<T>(config: Config, work: (address: Address) => Promise<T>): Promise<T> {
  checkFolder(config, 'database');
  const log = await createLogger({ level: config.logLevel, pretty: process.stderr.isTTY === true });
  const ssl = config.ssl === 'auto' ? undefined : config.ssl;
  const tls = isExternal(config) ? { ssl, sslRootCert: config.sslCa } : {};
  return withUrl(config, log, (url) => work({ ...tls, url }));
}
