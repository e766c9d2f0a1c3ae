import { confirm, isCancel, select } from '@clack/prompts';
import type { AnswerOptions, Ask } from '../../migrate/index.ts';
import { type Input, list, type MigrateContext } from './command.ts';

const REASONS: ReadonlyMap<string, string> = new Map([
  ['non_empty', 'it holds data, which is lost'],
  ['type_change', 'its type changes, and values may not fit'],
  ['table_recreate', 'its table is made anew, and its rows are lost'],
  ['narrowed', 'values are rounded, or cut off'],
]);

/** Reasons why a column is changed and does not go. */
const CHANGES = new Set(['type_change', 'narrowed']);

const NEW = '\u0000new';

/** Questions on a person's terminal. */
const askOnTerminal: Ask = async (question) => {
  if (question.kind === 'loss') {
    const agreed = await confirm({
      message: `${CHANGES.has(question.reason) ? 'Change the type of' : 'Drop'} ${question.what} ${question.name}? ${REASONS.get(question.reason) ?? question.reason}.`,
      initialValue: false,
    });
    return isCancel(agreed) ? undefined : agreed;
  }
  const chosen = await select({
    message: `Is ${question.what} ${question.name} new, or was it renamed?`,
    options: [
      ...question.candidates.map((it) => ({ value: it, label: `renamed from ${it}` })),
      { value: NEW, label: 'new' },
    ],
  });
  if (isCancel(chosen)) return undefined;
  return chosen === NEW ? null : chosen;
};

/** The flags; and the terminal, where there is one. */
export function answersOf(context: MigrateContext, input: Input): AnswerOptions {
  const canAsk = context.terminal.interactive && process.stdin.isTTY === true && input.options.json !== true;
  return {
    renames: list(input, 'rename'),
    creates: list(input, 'create'),
    losses: list(input, 'acceptLoss'),
    ask: canAsk ? askOnTerminal : undefined,
  };
}
