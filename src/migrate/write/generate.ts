import { readFile, writeFile } from 'node:fs/promises';
import type { Executor } from '../../db/driver.ts';
import { HutchError } from '../../errors/index.ts';
import { hashOf, type Migration, readMigrations } from '../files/files.ts';
import { lacksRoles, withRoles } from '../files/roles.ts';
import { runKit, succeeded } from '../kit/kit.ts';
import type { KitAnswer, KitReply, KitRequest } from '../kit/kit-protocol.ts';
import { type AnswerOptions, answer } from '../kit/questions.ts';
import type { Project } from '../project/project.ts';
import { type OpenScratch, Rehearsal, type Rehearsed } from '../rehearse/rehearsal.ts';
import { besideViews } from '../state/views-aside.ts';
import { type DownReport, writeDown } from './down-file.ts';
import { type Warning, warningsOf } from './warnings.ts';

export interface GenerateOptions extends AnswerOptions {
  readonly name?: string;
  /** An empty pair, for SQL written by hand. */
  readonly custom?: boolean;
  readonly openScratch?: OpenScratch;
}

export interface Generated {
  /** Undefined where schema and migrations agree already. */
  readonly migration: Migration | undefined;
  readonly warnings: readonly Warning[];
  /** Undefined for `custom`, whose way down is derived later by `deriveDowns`. */
  readonly down: DownReport | undefined;
}

const NOTHING: Generated = { migration: undefined, warnings: [], down: undefined };

/**
 * Writes the next migration from what the schema files and the newest snapshot differ in, and its way down, which is tried at once:
 * up, down, up in a throwaway database.
 * @throws HutchError `migrate_generate_failed`, `migrate_questions`
 */
export async function generate(project: Project, options: GenerateOptions = {}): Promise<Generated> {
  const { layout } = await readMigrations(project);
  if (layout === 'journal') throw oldLayout(project);
  const reply = await withAnswers(options, (answers) => ({
    op: 'generate',
    schemaFiles: project.schemaFiles,
    out: project.out,
    name: options.name,
    custom: options.custom,
    answers,
  }));
  if (reply.status !== 'ok' || reply.written === undefined) return NOTHING;
  if (!options.custom) await writeRoles(project, reply.written);
  const { migrations } = await readMigrations(project);
  const migration = migrations.find((it) => it.path === reply.written);
  if (!migration) return NOTHING;
  if (options.custom) return { migration: await writeCustomPair(migration), warnings: [], down: undefined };
  await using rehearsal = await Rehearsal.open(project, migrations, options.openScratch);
  const failure = await rehearsal.advance(migrations.slice(0, migrations.indexOf(migration)));
  const tried = failure
    ? { migration, rehearsed: { outcome: 'failed' as const, failure } }
    : await rehearseNew(rehearsal, migration);
  const down = await writeDown(tried.migration, tried.rehearsed);
  return { migration: tried.migration, warnings: warningsOf(tried.migration.sql), down };
}

interface Tried {
  readonly migration: Migration;
  readonly rehearsed: Rehearsed;
}

/** Tries what drizzle-kit has written. Where views stand in its way, it is written again: they are taken down, and put up as they were. */
async function rehearseNew(rehearsal: Rehearsal, migration: Migration): Promise<Tried> {
  const attempt = async (tried: Migration): Promise<Tried> => ({
    migration: tried,
    rehearsed: await rehearsal.rehearse(tried),
  });
  return besideViews(
    await attempt(migration),
    ({ rehearsed }) => (rehearsed.outcome === 'failed' ? rehearsed.failure.detail : undefined),
    () => rehearsal.state(),
    async ({ before, after }) => attempt(await rewrite(migration, [...before, migration.sql, ...after])),
  );
}

async function rewrite(migration: Migration, statements: readonly string[]): Promise<Migration> {
  const sql = statements.map((it) => it.trim().replace(/;?$/, ';')).join('\n--> statement-breakpoint\n');
  await writeFile(migration.path, sql);
  return { ...migration, sql, hash: hashOf(sql) };
}

/** The first migration whose policies name the API's roles makes them where they are missing. */
async function writeRoles(project: Project, path: string): Promise<void> {
  const { migrations } = await readMigrations(project);
  const sql = await readFile(path, 'utf8');
  const earlier = migrations.filter((it) => it.path !== path).map((it) => it.sql);
  if (lacksRoles(sql, earlier)) await writeFile(path, withRoles(sql));
}

const oldLayout = (project: Project): HutchError =>
  new HutchError('migrate_generate_failed', {
    details: `${project.out} has drizzle-kit's layout from before 1.0.`,
    hint: 'hutch migrate upgrade moves it to folders; the database notices nothing.',
  });

/** Questions can lead to further ones: a renamed table's columns are asked for next. */
const MAX_ROUNDS = 50;

/** Runs a request of drizzle-kit again and again until all its questions are answered. */
export async function withAnswers(
  options: AnswerOptions,
  request: (answers: readonly KitAnswer[]) => KitRequest,
  executor?: Executor,
): Promise<Exclude<KitReply, { status: 'error' | 'questions' }>> {
  let answers: readonly KitAnswer[] = [];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const reply = succeeded(await runKit(request(answers), executor));
    if (reply.status !== 'questions') return reply;
    answers = [...answers, ...(await answer(reply.questions, reply.gone, options))];
  }
  throw new HutchError('migrate_generate_failed', { details: 'drizzle-kit asks the same questions again and again.' });
}

async function writeCustomPair(migration: Migration): Promise<Migration> {
  const down = `-- The way back from ${migration.label}.\n-- no way down: it has not been written yet (hutch migrate generate --down derives it)\n`;
  await writeFile(migration.downPath, down);
  return { ...migration, down };
}

export interface DerivedDown {
  readonly migration: Migration;
  readonly report: DownReport;
}

/** Writes the ways down that are missing (or those named), from what each migration does to a throwaway database. */
export async function deriveDowns(
  project: Project,
  options: { readonly names?: readonly string[]; readonly openScratch?: OpenScratch } = {},
): Promise<readonly DerivedDown[]> {
  const { migrations } = await readMigrations(project);
  const wanted = migrations.filter((it) =>
    options.names
      ? options.names.includes(it.name) || options.names.includes(it.label)
      : it.down === undefined || it.down.includes('it has not been written yet'),
  );
  return wanted.length === 0 ? [] : rehearseInto(project, migrations, wanted, options.openScratch);
}

async function rehearseInto(
  project: Project,
  all: readonly Migration[],
  wanted: readonly Migration[],
  openScratch: OpenScratch | undefined,
): Promise<readonly DerivedDown[]> {
  await using rehearsal = await Rehearsal.open(project, all, openScratch);
  const derived: DerivedDown[] = [];
  for (const migration of wanted) {
    const failure = await rehearsal.advance(all.slice(0, all.indexOf(migration)));
    const rehearsed = failure ? { outcome: 'failed' as const, failure } : await rehearsal.rehearse(migration);
    derived.push({ migration, report: await writeDown(migration, rehearsed) });
  }
  return derived;
}

/** Moves a history of the layout before 1.0 to folders, as `drizzle-kit up` does. The ledger's names already fit. */
export async function upgrade(project: Pick<Project, 'out'>): Promise<void> {
  succeeded(await runKit({ op: 'upgrade', out: project.out }));
}
