import {
  check,
  drift,
  type Problem,
  repair,
  type Status,
  type StatusEntry,
  status,
  validate,
} from '../../migrate/index.ts';
import type { Terminal } from '../terminal.ts';
import { flag, list, type MigrateCommand, type Outcome } from './command.ts';
import { driftText, plural } from './render.ts';

export const statusCommand: MigrateCommand = {
  name: 'status',
  group: 'migrate',
  summary: 'Says which migrations are applied, pending, edited, missing or out of order.',
  options: [
    { flags: '--drift', help: 'also compare the catalog with what the migrations lead to' },
    { flags: '--check', help: 'exit 1 where anything is pending, edited, missing or adrift' },
  ],
  async run(context, input) {
    const options = { objects: await context.objects(), drift: flag(input, 'drift') };
    const found = await status(await context.driver(), context.project, options);
    const isBehind =
      found.pending + found.edited + found.missing + found.objects.length + (found.drift?.differences.length ?? 0) > 0;
    return {
      exitCode: flag(input, 'check') && isBehind ? 1 : 0,
      json: found,
      text: statusText(found, context.terminal),
    };
  },
};

function statusText(found: Status, terminal: Terminal): string {
  const { style } = terminal;
  const lines = [
    ...found.entries.map((it) => entryLine(it, terminal)),
    `${plural(found.entries.length, 'migration')}, ${found.pending} pending.`,
    found.objects.length > 0 && style('yellow', `objects to apply: ${found.objects.join(', ')}`),
    found.unsaved.length > 0 && style('yellow', `in the database, and in no migration yet (hutch migrate generate):`),
    ...found.unsaved.map((it) => style('dim', it.trimEnd())),
    found.drift && driftText(found.drift, terminal),
  ];
  return lines.filter(Boolean).join('\n');
}

function entryLine(it: StatusEntry, { style }: Terminal): string {
  const mark = { applied: style('green', '✓'), pending: style('yellow', '·'), missing: style('red', '?') }[it.state];
  const notes = [
    it.state,
    it.state === 'missing' && 'its file is gone',
    it.edited && 'edited since',
    it.outOfOrder && 'out of order',
    it.down === 'none' && 'no way down',
    it.down === 'irreversible' && 'irreversible',
  ].filter((note): note is string => typeof note === 'string');
  return `${mark} ${it.label} ${style('dim', notes.join(', '))}`;
}

function problemsOutcome(problems: readonly Problem[], fine: string, { style }: Terminal): Outcome {
  const lines = problems.map(
    (it) => `${it.severity === 'error' ? style('red', 'error') : style('yellow', 'warning')} ${it.message}`,
  );
  const exitCode = problems.some((it) => it.severity === 'error') ? 1 : 0;
  return {
    exitCode,
    json: { ok: exitCode === 0, problems },
    text: [...lines, ...(exitCode === 0 ? [style('green', fine)] : [])].join('\n'),
  };
}

export const checkCommand: MigrateCommand = {
  name: 'check',
  group: 'migrate',
  summary: 'For CI, without a database: fails where schema and migrations disagree, or two branches conflict.',
  options: [],
  async run({ project, terminal }) {
    return problemsOutcome(await check(project), 'Schema and migrations agree.', terminal);
  },
};

export const validateCommand: MigrateCommand = {
  name: 'validate',
  group: 'migrate',
  summary: "Compares the files with the database's ledger.",
  options: [],
  async run(context) {
    const problems = await validate(await context.driver(), context.project);
    return problemsOutcome(problems, 'Files and ledger agree.', context.terminal);
  },
};

export const driftCommand: MigrateCommand = {
  name: 'drift',
  group: 'migrate',
  summary: 'Compares the live catalog with what the migrations lead to, and prints the SQL between them.',
  options: [],
  async run(context) {
    const found = await drift(await context.driver(), context.project, { objects: await context.objects() });
    return { exitCode: found.differences.length > 0 ? 1 : 0, json: found, text: driftText(found, context.terminal) };
  },
};

export const repairCommand: MigrateCommand = {
  name: 'repair',
  group: 'migrate',
  summary: 'Changes the ledger alone.',
  options: [
    { flags: '--accept-edited', help: 'take edited files for what was applied' },
    { flags: '--forget-missing', help: 'forget rows whose files are gone' },
    { flags: '--applied <name>', help: 'say of this one that it is applied', many: true },
    { flags: '--pending <name>', help: 'say of this one that it is not', many: true },
  ],
  async run(context, input) {
    const done = await repair(await context.driver(), context.project, {
      acceptEdited: flag(input, 'acceptEdited'),
      forgetMissing: flag(input, 'forgetMissing'),
      markApplied: list(input, 'applied'),
      markPending: list(input, 'pending'),
    });
    return { exitCode: 0, json: { done }, text: done.length === 0 ? 'There was nothing to repair.' : done.join('\n') };
  },
};
