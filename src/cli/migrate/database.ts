import { HutchError } from '../../errors/index.ts';
import { pull, reset, seed } from '../../migrate/index.ts';
import { flag, type MigrateCommand, type MigrateContext, type Outcome, text } from './command.ts';
import { isFlag, load } from './load.ts';
import { plural, seconds } from './render.ts';
import { upCommand } from './run.ts';

async function seeded(context: MigrateContext, again: boolean, file?: string): Promise<Outcome> {
  const result = await seed(await context.driver(), context.project, { again, file });
  if (!result)
    return {
      exitCode: 0,
      json: { seed: null },
      text: 'The project has no seed (drizzle/seed.ts or drizzle/seed.sql).',
    };
  const told = result.ran
    ? `Ran ${result.file} in ${seconds(result.tookMs)}.`
    : `${result.file} has run already (--again runs it once more).`;
  return { exitCode: 0, json: { seed: result }, text: told };
}

/** One after the other, as long as all is well. */
async function inTurn(...steps: readonly (() => Promise<Outcome>)[]): Promise<Outcome> {
  const done: Outcome[] = [];
  for (const step of steps) {
    const outcome = await step();
    done.push(outcome);
    if (outcome.exitCode === 1) break;
  }
  const exitCode = done.at(-1)?.exitCode ?? 0;
  return {
    exitCode,
    json: Object.assign({}, ...done.map((it) => it.json)),
    text: done.map((it) => it.text).join('\n'),
  };
}

export const seedCommand: MigrateCommand = {
  name: 'seed',
  group: 'db',
  args: '[file]',
  summary: 'Runs the seed (TypeScript or SQL), once for each form of it, in one transaction.',
  options: [{ flags: '--again', help: 'also where it has run' }],
  passesFlags: true,
  run: (context, input) =>
    input.args.some(isFlag) ? load(context, input.args) : seeded(context, flag(input, 'again'), input.args[0]),
};

export const initCommand: MigrateCommand = {
  name: 'init',
  group: 'db',
  summary: 'Migrates and seeds.',
  options: [],
  run: (context, input) =>
    inTurn(
      () => upCommand.run(context, input),
      () => seeded(context, false),
    ),
};

export const resetCommand: MigrateCommand = {
  name: 'reset',
  group: 'migrate',
  summary: 'Empties a development database, then migrates and seeds it.',
  options: [
    {
      flags: '--force [database]',
      help: "the database's name, where it is not the embedded one or a development one on this machine",
    },
    { flags: '--no-seed', help: 'leave it unseeded' },
  ],
  async run(context, input) {
    const { database } = await reset(await context.driver(), {
      production: context.production || !(await context.isHere()),
      confirm: text(input, 'force'),
      ledger: context.project.ledger,
    });
    const emptied = async (): Promise<Outcome> => ({ exitCode: 0, json: { database }, text: `Emptied ${database}.` });
    const seeds = input.options.seed === false ? [] : [() => seeded(context, true)];
    return inTurn(emptied, () => upCommand.run(context, { options: {}, args: [] }), ...seeds);
  },
};

export const pullCommand: MigrateCommand = {
  name: 'pull',
  group: 'db',
  summary: 'Makes a Drizzle schema and a baseline migration of an existing database.',
  need: 'nothing',
  options: [
    { flags: '--schemas <names>', help: 'Postgres schemas, with commas between' },
    { flags: '--no-init', help: "do not record the baseline in the database's ledger" },
  ],
  async run(context, input) {
    if (context.databaseUrl === undefined) {
      throw new HutchError('config_invalid_value', {
        details: 'pull needs a database: set DATABASE_URL.',
        field: 'databaseUrl',
      });
    }
    const schemas = text(input, 'schemas')
      ?.split(',')
      .map((it) => it.trim());
    const options = {
      root: context.project.root,
      url: context.databaseUrl,
      schemas,
      init: input.options.init !== false,
    };
    const result = await pull(await context.driver(), options);
    const lines = [
      `Pulled ${plural(result.tables, 'table')}:`,
      ...result.written.map((it) => `  ${it}`),
      ...result.leftOut.map((it) => context.terminal.style('yellow', `left out: ${it}`)),
    ];
    return { exitCode: 0, json: result, text: lines.join('\n') };
  },
};
