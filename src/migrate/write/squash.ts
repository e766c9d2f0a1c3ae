import { cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { HutchError } from '../../errors/index.ts';
import { type Migration, readMigrations, timestampOf } from '../files/files.ts';
import { makesRoles, rolesFirst } from '../files/roles.ts';
import { skeleton, splitStatements } from '../files/statements.ts';
import { runKit, succeeded } from '../kit/kit.ts';
import type { Project } from '../project/project.ts';
import { rehearsalFailed } from '../rehearse/desired.ts';
import { type OpenScratch, Rehearsal } from '../rehearse/rehearsal.ts';
import { closeGap } from '../state/gap/plan.ts';
import { writeDown } from './down-file.ts';

export interface Squashed {
  readonly migration: Migration;
  /** Names of those it stands for. */
  readonly replaces: readonly string[];
  /** Where their files are kept now. */
  readonly archive: string;
  /** Statements on rows, which a baseline does not repeat: `INSERT INTO "roles" …` */
  readonly leftOut: readonly string[];
}

/**
 * Puts one baseline in the place of all migrations: its SQL comes from the catalog to which they lead, hand-written functions and triggers
 * included, its snapshot from drizzle-kit. A database that has them all takes the baseline for applied; an empty one runs it.
 * @throws HutchError `migrate_generate_failed` where schema and migrations disagree
 */
export async function squash(
  project: Project,
  options: { readonly name?: string; readonly openScratch?: OpenScratch } = {},
): Promise<Squashed> {
  const { layout, migrations } = await readMigrations(project);
  const last = migrations.at(-1);
  if (layout !== 'folders' || !last)
    throw refused('There are no migration folders to squash (hutch migrate upgrade moves an older layout).');
  await refuseDisagreement(project);
  await using rehearsal = await Rehearsal.open(project, migrations, options.openScratch);
  const statements = await contentOf(rehearsal, migrations);
  const name = `${timestampOf(last.createdAt + 1000)}_${options.name ?? 'baseline'}`;
  const replaces = migrations.map((it) => it.name);
  const archive = await archiveAll(project, migrations);
  await writeBaseline(project, name, replaces, statements);
  const migration = (await readMigrations(project)).migrations.find((it) => it.name === name);
  if (!migration) throw refused('The baseline was not written.');
  await rehearsal.advance([]);
  await writeDown(migration, await rehearsal.rehearse(migration));
  return { migration, replaces, archive, leftOut: migrations.flatMap((it) => rowStatements(it.sql)) };
}

/** What the migrations make, beyond what a server has anyway. */
async function contentOf(rehearsal: Rehearsal, migrations: readonly Migration[]): Promise<readonly string[]> {
  await rehearsal.advance([]);
  const ground = await rehearsal.state();
  const failure = await rehearsal.advance(migrations);
  if (failure) throw rehearsalFailed(failure);
  const statements = closeGap(ground, await rehearsal.state()).map((it) => it.sql);
  return migrations.some((it) => makesRoles(it.sql)) ? rolesFirst(statements) : statements;
}

const refused = (details: string): HutchError => new HutchError('migrate_generate_failed', { details });

async function refuseDisagreement({ schemaFiles, out }: Project): Promise<void> {
  const reply = succeeded(await runKit({ op: 'generate', schemaFiles, out, explain: true }));
  if (reply.status !== 'no_changes')
    throw refused('The schema has changes that no migration holds; generate them first.');
}

/** Beside the migrations' folder, where neither Hutch nor Drizzle looks. */
async function archiveAll(project: Project, migrations: readonly Migration[]): Promise<string> {
  const archive = `${project.out}-squashed`;
  await mkdir(archive, { recursive: true });
  for (const it of migrations) await rename(dirname(it.path), join(archive, basename(dirname(it.path))));
  return archive;
}

async function writeBaseline(
  project: Project,
  name: string,
  replaces: readonly string[],
  statements: readonly string[],
): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'hutch-squash-'));
  try {
    succeeded(await runKit({ op: 'generate', schemaFiles: project.schemaFiles, out: scratch }));
    const [written] = await readdir(scratch);
    const folder = join(project.out, name);
    await mkdir(folder, { recursive: true });
    if (written) await cp(join(scratch, written, 'snapshot.json'), join(folder, 'snapshot.json'));
    const head = replaces.map((it) => `-- replaces: ${it}`);
    await writeFile(
      join(folder, 'migration.sql'),
      [...head, statements.map((it) => `${it};`).join('\n--> statement-breakpoint\n'), ''].join('\n'),
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function rowStatements(sql: string): readonly string[] {
  return splitStatements(sql).flatMap(({ text }) =>
    /^(INSERT|UPDATE|DELETE|TRUNCATE|WITH|COPY)\b/i.test(skeleton(text)) ? [text] : [],
  );
}
