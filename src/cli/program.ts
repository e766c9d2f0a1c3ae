import { Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { helpText, type SettingName } from '../config/index.ts';
import { didYouMean, HutchError } from '../errors/index.ts';
import { commandAt, configOf, withSettings } from './options.ts';
import { terminal } from './terminal.ts';

const serving: readonly SettingName[] = [
  ...(['port', 'host', 'allowRemote', 'bodyLimit', 'urlLimit', 'cors', 'compression', 'grace', 'logLevel'] as const),
  ...(['serverTiming', 'metrics', 'slowQuery', 'databaseUrl', 'ssl', 'sslCa', 'poolSize', 'connectTimeout'] as const),
  ...(['requestSettings', 'replicaReads', 'replicaSticky', 'auditRetention'] as const),
  ...([
    'poolTimeout',
    'statementTimeout',
    'idleTimeout',
    'maxLifetime',
    'preparedStatements',
    'dataDir',
    'fsync',
    'jwksUrl',
    'pgPort',
  ] as const),
  ...(['pgIdleInTransaction', 'drizzleStudioPort', 'studio', 'wire', 'drizzleStudio', 'app', 'migrate'] as const),
];

/** Commands that a person waits for. */
const quick: ReadonlySet<string | undefined> = new Set(['dev', 'start']);

/**
 * The command line: what `hutch help` lists. Each command loads its own code when it runs, so that none pays for another; those that
 * wait for nothing don't even pay for the others' names.
 */
export async function buildProgram(argv: readonly string[]): Promise<Command> {
  const program = new Command('hutch')
    .description('Your Drizzle schema is the backend.')
    .version(packageJson.version, '-v, --version')
    .helpCommand(false)
    .showSuggestionAfterError(false)
    .configureOutput({ writeErr: () => {} })
    .exitOverride();
  addInitCommand(program);
  addServerCommands(program);
  if (!quick.has(argv[0])) await addProjectCommands(program);
  program
    .command('help [topic...]')
    .description('Prints this; a command: hutch help migrate up; or the settings: hutch help settings')
    .action((topic: readonly string[]) => terminal.print(helpFor(program, topic)));
  return program;
}

function helpFor(program: Command, topic: readonly string[]): string {
  if (topic.join(' ') === 'settings') return helpText();
  const command = commandAt(program, topic);
  const wrong = topic[depthOf(command, program)];
  if (wrong === undefined) return command.helpInformation().trimEnd();
  const right = [...command.commands.map((it) => it.name()), ...(command === program ? ['settings'] : [])];
  throw new HutchError('config_invalid_value', {
    message: `There is no command '${topic.join(' ')}'`,
    hint: didYouMean(wrong, right) ?? 'See hutch help',
    field: wrong,
  });
}

const depthOf = (command: Command, program: Command): number =>
  command === program || command.parent === null ? 0 : 1 + depthOf(command.parent, program);

async function addProjectCommands(program: Command): Promise<void> {
  const { addMigrateCommands } = await import('./migrate-commands.ts');
  const { addDatabaseCommands } = await import('./database-commands.ts');
  const { addGenCommands } = await import('./gen-commands.ts');
  const db = program.command('db').description('The database: seed, dump, psql, snapshots.');
  addMigrateCommands(program.command('migrate').description('Migrations, both ways.'), db);
  addDatabaseCommands(db);
  addGenCommands(program.command('gen').description('Writes types, the OpenAPI document, tokens.'));
}

function addInitCommand(program: Command): void {
  program
    .command('init [folder]')
    .description('Lays a new project: schema, migration, routes, a test. Writes only what is missing.')
    .option('--json', 'as JSON')
    .action(async (folder: string | undefined, options) => {
      const { init } = await import('./init/init.ts');
      const started = await init(folder ?? '.');
      if (options.json) return terminal.print(JSON.stringify(started));
      for (const file of started.written) terminal.print(`  ${terminal.style('green', '+')} ${file}`);
      for (const file of started.extended) terminal.print(`  ${terminal.style('green', '±')} ${file}`);
      for (const file of started.kept) terminal.print(`  ${terminal.style('dim', `· ${file} was there`)}`);
      const go = `bun install && ${started.dev ? 'bun dev' : 'bunx hutch dev'}`;
      terminal.print(`\nNext:${folder ? `  cd ${folder} &&` : ''}  ${go}`);
    });
}

function addServerCommands(program: Command): void {
  withSettings(program.command('dev'), ['project', ...serving, 'push', 'seed', 'reload'])
    .description('Opens a Postgres, brings it up to the schema, and serves it.')
    .action(async (options) => (await import('./dev.ts')).dev(configOf(options)));
  withSettings(program.command('start'), ['project', ...serving])
    .description('Serves the Postgres of DATABASE_URL, in production.')
    .action(async (options) => (await import('./start.ts')).start(configOf(options)));
  withSettings(program.command('studio'), ['project', ...serving])
    .description('Opens Drizzle Studio on the running server; with --own ours.')
    .option('--own', 'the studio at /studio')
    .action(async (options) =>
      (await import('./studio.ts')).openStudio(configOf(options), options.own ? 'hutch' : 'drizzle'),
    );
  withSettings(program.command('status'), ['project'])
    .description('Says where the project is served.')
    .option('--json', 'as JSON')
    .action(async (options) => (await import('./status.ts')).status(configOf(options), options.json === true));
  withSettings(program.command('stop'), ['project', 'grace'])
    .description('Stops the running server of the project.')
    .action(async (options) => (await import('./status.ts')).stop(configOf(options)));
}
