import { HutchError, nearest } from '../../errors/index.ts';
import type { KitAnswer, KitGone, KitQuestion } from './kit-protocol.ts';

/** A question for a person. */
export type Question =
  | {
      readonly kind: 'rename';
      /** `column`, `table`, `enum`, `schema`, `sequence`. */
      readonly what: string;
      /** The new name, `users.full_name`. */
      readonly name: string;
      /** What it may have been called before. */
      readonly candidates: readonly string[];
    }
  | { readonly kind: 'loss'; readonly what: string; readonly name: string; readonly reason: string };

/** Asks a person: for a rename the former name or null (it is new), for a loss whether to go on; undefined: gave up. */
export type Ask = (question: Question) => Promise<string | boolean | null | undefined>;

export interface AnswerOptions {
  /** `users.name=users.full_name` */
  readonly renames?: readonly string[];
  /** Names that are new; `*`: all that are not renames. */
  readonly creates?: readonly string[];
  /** Names whose data may go; `*`: any. */
  readonly losses?: readonly string[];
  /** Absent where nobody can be asked. */
  readonly ask?: Ask;
  /** Whether an entity was ever the project's; what was not is neither the source of a rename nor lost. */
  readonly ours?: (entity: readonly string[]) => boolean;
}

/** Only where a wrong guess costs data or breaks code is it worth a question; anything else is dropped and made anew. */
const ASKED = new Set(['schema', 'table', 'column', 'enum', 'sequence']);

/**
 * Answers drizzle-kit's questions from flags, and asks for the rest.
 * @throws HutchError `migrate_questions` with the flags that would answer what is open
 */
export async function answer(
  questions: readonly KitQuestion[],
  gone: readonly KitGone[],
  options: AnswerOptions,
): Promise<readonly KitAnswer[]> {
  const answers: KitAnswer[] = [];
  const open: string[] = [];
  const taken = new Set<string>();
  for (const question of questions) {
    const free = candidatesFor(question, gone).filter(
      (it) => !taken.has(nameOf(it.entity)) && options.ours?.(it.entity) !== false,
    );
    const found =
      question.type === 'confirm_data_loss' ? await loss(question, options) : await rename(question, free, options);
    if (found === undefined) open.push(flagFor(question, free));
    else answers.push(found);
    if (found?.type === 'rename') taken.add(nameOf(found.from));
  }
  if (open.length > 0) throw unanswered(open);
  return answers;
}

const unanswered = (flags: readonly string[]): HutchError =>
  new HutchError('migrate_questions', {
    details: `Say which is meant: ${flags.join('; ')}.`,
    hint: 'On a terminal, Hutch asks.',
    field: 'rename',
  });

/** Columns can only come from their own table, and all else from its own kind. */
function candidatesFor(question: KitQuestion, gone: readonly KitGone[]): readonly KitGone[] {
  const owner = (entity: readonly string[]) => entity.slice(0, 2).join('.');
  return gone.filter(
    (it) => it.kind === question.kind && (it.kind !== 'column' || owner(it.entity) === owner(question.entity)),
  );
}

async function rename(
  question: KitQuestion,
  candidates: readonly KitGone[],
  options: AnswerOptions,
): Promise<KitAnswer | undefined> {
  const create: KitAnswer = { type: 'create', kind: question.kind, entity: question.entity };
  const flagged = renamedFrom(question, candidates, options.renames ?? []);
  if (flagged) return { type: 'rename', kind: question.kind, from: flagged.entity, to: question.entity };
  if (!ASKED.has(question.kind) || candidates.length === 0 || isNamed(question, options.creates)) return create;
  const name = nameOf(question.entity);
  const chosen = await options.ask?.({
    kind: 'rename',
    what: question.kind,
    name,
    candidates: candidates.map((it) => nameOf(it.entity)),
  });
  if (chosen === null) return create;
  const from = candidates.find((it) => nameOf(it.entity) === chosen);
  return from && { type: 'rename', kind: question.kind, from: from.entity, to: question.entity };
}

function renamedFrom(
  question: KitQuestion,
  candidates: readonly KitGone[],
  renames: readonly string[],
): KitGone | undefined {
  for (const { from, to } of renames.map(parseRename)) {
    if (!spellings(question.entity).includes(to)) continue;
    const found = candidates.find((it) => spellings(it.entity).includes(from));
    if (found) return found;
    const near = nearest(
      from,
      candidates.flatMap((it) => spellings(it.entity)),
    );
    throw new HutchError('migrate_questions', {
      message: 'A rename names nothing that went away',
      details: `${from} is not among the ${question.kind}s that are gone${near ? '' : ` (${candidates.map((it) => nameOf(it.entity)).join(', ') || 'none'})`}.`,
      hint: near ? `Did you mean ${near}=${to}?` : null,
      field: 'rename',
    });
  }
  return undefined;
}

/** @throws HutchError where it is not `from=to` */
function parseRename(text: string): { readonly from: string; readonly to: string } {
  const [from, to, ...rest] = text.split('=').map((it) => it.trim());
  if (from && to && rest.length === 0) return { from, to };
  throw new HutchError('migrate_questions', {
    message: 'A rename is written from=to',
    details: `'${text}' is not.`,
    hint: '--rename users.name=users.full_name',
    field: 'rename',
  });
}

async function loss(question: KitQuestion, options: AnswerOptions): Promise<KitAnswer | undefined> {
  const confirm: KitAnswer = { type: 'confirm_data_loss', kind: question.kind, entity: question.entity };
  if (isNamed(question, options.losses) || options.ours?.(question.entity) === false) return confirm;
  const name = nameOf(question.entity);
  const agreed = await options.ask?.({
    kind: 'loss',
    what: question.kind,
    name,
    reason: question.reason ?? 'non_empty',
  });
  return agreed === true ? confirm : undefined;
}

const isNamed = (question: KitQuestion, names: readonly string[] | undefined): boolean =>
  names?.some((it) => it === '*' || spellings(question.entity).includes(it)) ?? false;

/** `public` need not be said. */
function spellings(entity: readonly string[]): readonly string[] {
  const full = entity.join('.');
  return entity.length > 1 && entity[0] === 'public' ? [entity.slice(1).join('.'), full] : [full];
}

export const nameOf = (entity: readonly string[]): string => spellings(entity)[0] ?? '';

function flagFor(question: KitQuestion, candidates: readonly KitGone[]): string {
  const name = nameOf(question.entity);
  if (question.type === 'confirm_data_loss') return `--accept-loss ${name}`;
  return [...candidates.map((it) => `--rename ${nameOf(it.entity)}=${name}`), `--create ${name}`].join(' or ');
}
