import {
  type Adoption,
  adoptLive,
  applyObjects,
  type DownResult,
  down,
  preview,
  readMigrations,
  redo,
  rolesScript,
  type UpResult,
  up,
} from '../../migrate/index.ts';
import { flag, type Input, type MigrateCommand, type MigrateContext, type Outcome, text } from './command.ts';
import { count, DRY_RUN, STEPS, TO } from './input.ts';
import { failureText, plural, previewText, progress, seconds } from './render.ts';

const limits = (input: Input) => ({ to: text(input, 'to'), steps: count(input, 'steps') });

async function previewed(context: MigrateContext, input: Input, way: 'up' | 'down'): Promise<Outcome> {
  const plan = await preview(await context.driver(), context.project, way, limits(input));
  return { exitCode: 0, json: plan, text: previewText(plan, context.terminal) };
}

export const upCommand: MigrateCommand = {
  name: 'up',
  group: 'migrate',
  summary: 'Applies pending migrations and changed objects.',
  options: [
    TO,
    STEPS,
    DRY_RUN,
    { flags: '--strict', help: 'refuse migrations out of order, and edited ones' },
    { flags: '--roles', help: 'first make those of anon, authenticated and service_role that the server lacks' },
  ],
  async run(context, input) {
    if (flag(input, 'dryRun')) return previewed(context, input, 'up');
    const driver = await context.driver();
    const { project, terminal } = context;
    const objects = await context.objects();
    if (flag(input, 'roles')) await driver.script(rolesScript());
    const adoption = context.production ? undefined : await adoptLive(driver, project, { objects });
    const { migrations } = await readMigrations(project);
    const { ledger } = project;
    const options = { ...limits(input), ledger, strict: flag(input, 'strict'), onEvent: progress(terminal) };
    const result = await up(driver, migrations, options);
    const isWhole = result.failure === undefined && result.pending.length === 0;
    const applied = isWhole ? await applyObjects(driver, objects, { ledger }) : { applied: [], removed: [] };
    return upOutcome(result, [...applied.applied, ...applied.removed], context, adoption);
  },
};

/** What became of changes that `dev` or `push` had made without a migration. */
function adoptionText(adoption: Adoption | undefined): string | undefined {
  if (adoption?.outcome === 'adopted')
    return `The database had it already, now it is recorded: ${adoption.names.join(', ')}.`;
  if (adoption?.outcome === 'unwound')
    return 'Took back the changes that no migration holds, so that the pending ones can apply.';
  return undefined;
}

function upOutcome(
  result: UpResult,
  objects: readonly string[],
  { terminal }: MigrateContext,
  adoption?: Adoption,
): Outcome {
  const { style } = terminal;
  const notices = result.notices.map((it) => style('yellow', it));
  const done =
    result.applied.length === 0
      ? 'Nothing was pending.'
      : `Applied ${plural(result.applied.length, 'migration')} in ${seconds(result.tookMs)}.`;
  const lines = [
    ...notices,
    adoptionText(adoption),
    result.failure && failureText(result.failure, terminal),
    done,
    objects.length > 0 && `Applied ${plural(objects.length, 'object')}: ${objects.join(', ')}.`,
    result.pending.length > 0 && `Still pending: ${result.pending.join(', ')}.`,
  ];
  const exitCode = result.failure ? 1 : 0;
  return {
    exitCode,
    json: { ...result, objects, adopted: adoption?.names ?? [] },
    text: lines.filter(Boolean).join('\n'),
  };
}

const FORCE = { flags: '--force', help: 'also where data does not come back' };

export const downCommand: MigrateCommand = {
  name: 'down',
  group: 'migrate',
  summary: 'Takes the latest migration back.',
  options: [TO, STEPS, DRY_RUN, FORCE],
  async run(context, input) {
    if (flag(input, 'dryRun')) return previewed(context, input, 'down');
    const { migrations } = await readMigrations(context.project);
    const { ledger } = context.project;
    const options = { ...limits(input), ledger, force: flag(input, 'force'), onEvent: progress(context.terminal) };
    return downOutcome(await down(await context.driver(), migrations, options), context);
  },
};

function downOutcome(result: DownResult, { terminal }: MigrateContext): Outcome {
  const lines = [
    result.failure && failureText(result.failure, terminal),
    result.reverted.length === 0
      ? 'Nothing was taken back.'
      : `Took back ${plural(result.reverted.length, 'migration')} in ${seconds(result.tookMs)}.`,
  ];
  return { exitCode: result.failure ? 1 : 0, json: result, text: lines.filter(Boolean).join('\n') };
}

export const redoCommand: MigrateCommand = {
  name: 'redo',
  group: 'migrate',
  summary: 'Takes the latest migration back and applies it again.',
  options: [STEPS, FORCE],
  async run(context, input) {
    const { migrations } = await readMigrations(context.project);
    const { ledger } = context.project;
    const options = {
      steps: count(input, 'steps'),
      ledger,
      force: flag(input, 'force'),
      onEvent: progress(context.terminal),
    };
    const result = await redo(await context.driver(), migrations, options);
    const first = downOutcome(result.down, context);
    const again = result.up && upOutcome(result.up, [], context);
    const exitCode = first.exitCode === 1 || again?.exitCode === 1 ? 1 : 0;
    return { exitCode, json: result, text: [first.text, again?.text].filter(Boolean).join('\n') };
  },
};
