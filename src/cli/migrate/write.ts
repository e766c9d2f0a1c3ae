import {
  applyObjects,
  type DerivedDown,
  type DownReport,
  deriveDowns,
  type Generated,
  generate,
  push,
  squash,
  upgrade,
} from '../../migrate/index.ts';
import type { Terminal } from '../terminal.ts';
import { answersOf } from './ask.ts';
import { flag, type MigrateCommand, type Outcome } from './command.ts';
import { ANSWERS, DRY_RUN } from './input.ts';
import { failureText, here, plural, warningText } from './render.ts';

export const generateCommand: MigrateCommand = {
  name: 'generate',
  group: 'migrate',
  args: '[name]',
  summary: 'Writes the next migration from the schema, and its way down.',
  options: [
    ...ANSWERS,
    { flags: '--custom', help: 'an empty pair, for SQL written by hand' },
    { flags: '--down', help: 'write the ways down that are missing' },
  ],
  async run({ project, terminal, ...context }, input) {
    if (flag(input, 'down')) return derivedOutcome(await deriveDowns(project), terminal);
    const answers = answersOf({ project, terminal, ...context }, input);
    return generatedOutcome(
      await generate(project, { ...answers, name: input.args[0], custom: flag(input, 'custom') }),
      terminal,
    );
  },
};

function generatedOutcome({ migration, warnings, down }: Generated, terminal: Terminal): Outcome {
  if (!migration)
    return { exitCode: 0, json: { migration: null }, text: 'Schema and migrations agree: nothing to write.' };
  const lines = [
    `${terminal.style('green', 'wrote')} ${here(migration.path)}`,
    `${terminal.style('green', 'wrote')} ${here(migration.downPath)}`,
    ...(down ? downLines(down, terminal) : []),
    ...warnings.map((it) => warningText(it, migration.path, terminal)),
  ];
  const json = { migration: migration.name, path: migration.path, downPath: migration.downPath, down, warnings };
  return { exitCode: 0, json, text: lines.join('\n') };
}

const QUALITY = {
  exact: 'The way down was tried: up, down and up again leave the same catalog.',
  differs: 'The way down leads back almost:',
  none: 'There is no way down:',
};

function downLines({ quality, irreversible, reason }: DownReport, { style }: Terminal): readonly string[] {
  const colour = quality === 'exact' ? 'green' : 'yellow';
  return [
    `${style(colour, QUALITY[quality])}${reason === undefined ? '' : ` ${reason}.`}`,
    ...irreversible.map((it) => `${style('yellow', 'irreversible')} ${it}`),
  ];
}

function derivedOutcome(derived: readonly DerivedDown[], terminal: Terminal): Outcome {
  const lines = derived.flatMap(({ migration, report }) => [
    `${terminal.style('green', 'wrote')} ${here(migration.downPath)}`,
    ...downLines(report, terminal).map((line) => `  ${line}`),
  ]);
  const json = derived.map(({ migration, report }) => ({
    migration: migration.name,
    path: migration.downPath,
    ...report,
  }));
  return { exitCode: 0, json, text: lines.length === 0 ? 'Every migration has its way down.' : lines.join('\n') };
}

export const pushCommand: MigrateCommand = {
  name: 'push',
  group: 'migrate',
  summary: 'Makes the development database fit the schema, without a migration.',
  options: [...ANSWERS, DRY_RUN],
  async run(context, input) {
    const { project, terminal } = context;
    const driver = await context.driver();
    const dryRun = flag(input, 'dryRun');
    const result = await push(driver, project, { ...answersOf(context, input), dryRun });
    const isDone = !dryRun && result.failure === undefined;
    const objects = isDone
      ? await applyObjects(driver, await context.objects(), { ledger: project.ledger })
      : undefined;
    const lines = [
      result.failure && failureText(result.failure, terminal),
      result.statements.length === 0 && 'The database fits the schema.',
      ...(result.failure ? [] : result.statements.map((it) => `${it};`)),
      ...result.spared.map((it) => terminal.style('yellow', `left alone, no migration ever made it: ${it}`)),
      result.applied && `Applied ${plural(result.statements.length, 'statement')}; no migration holds them yet.`,
    ];
    return { exitCode: result.failure ? 1 : 0, json: { ...result, objects }, text: lines.filter(Boolean).join('\n') };
  },
};

export const squashCommand: MigrateCommand = {
  name: 'squash',
  group: 'migrate',
  args: '[name]',
  summary: 'Puts one baseline in the place of all migrations.',
  options: [],
  async run({ project, terminal }, input) {
    const result = await squash(project, { name: input.args[0] });
    const lines = [
      `${terminal.style('green', 'wrote')} ${here(result.migration.path)}, which stands for ${plural(result.replaces.length, 'migration')}`,
      `The old files are in ${here(result.archive)}.`,
      ...result.leftOut.map((it) => terminal.style('yellow', `left out, a baseline has no rows: ${it.split('\n')[0]}`)),
    ];
    const { migration, ...rest } = result;
    return { exitCode: 0, json: { ...rest, migration: migration.name, path: migration.path }, text: lines.join('\n') };
  },
};

export const upgradeCommand: MigrateCommand = {
  name: 'upgrade',
  group: 'migrate',
  summary: "Moves migrations of drizzle-kit's layout before 1.0 to folders.",
  options: [],
  async run({ project }) {
    await upgrade(project);
    return {
      exitCode: 0,
      json: { out: project.out },
      text: `${here(project.out)} has the layout of drizzle-kit 1.0 now.`,
    };
  },
};
