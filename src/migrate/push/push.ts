import { readFile } from 'node:fs/promises';
import type { Driver } from '../../db/driver.ts';
import { isHutchError } from '../../errors/index.ts';
import type { Failure } from '../apply/events.ts';
import { withLock } from '../apply/lock.ts';
import { applyBesideViews } from '../apply/views-aside.ts';
import { liveStatements, recordLive } from '../compare/live-marker.ts';
import { type Migration, readMigrations } from '../files/files.ts';
import { skeleton } from '../files/statements.ts';
import { type AnswerOptions, answer } from '../kit/questions.ts';
import type { Project } from '../project/project.ts';
import { withAnswers } from '../write/generate.ts';
import { narrowedColumns } from './narrowed.ts';

export interface PushOptions extends AnswerOptions {
  /** Only say what would be done. */
  readonly dryRun?: boolean;
}

export interface Pushed {
  readonly statements: readonly string[];
  /** Drops that were left out, since neither schema nor migrations ever had what they drop. */
  readonly spared: readonly string[];
  readonly applied: boolean;
  readonly failure: Failure | undefined;
}

/**
 * Makes a development database fit the schema files, without a migration, in one transaction. What the schema files and migrations never
 * knew (a table made in psql, a view of Hutch's) is left alone.
 * @throws HutchError `migrate_questions`, `migrate_generate_failed`
 */
export async function push(driver: Driver, project: Project, options: PushOptions = {}): Promise<Pushed> {
  const known = await knownNames(driver, project);
  const schemas = await schemasOf(driver, project, known);
  const reply = await withAnswers(
    { ...options, ours: ([schema = '', name = schema]) => known(name) },
    (answers) => ({
      op: 'push',
      schemaFiles: project.schemaFiles,
      ledger: project.ledger,
      schemas,
      casing: project.casing,
      answers,
    }),
    driver,
  );
  const planned = reply.status === 'ok' ? (reply.statements ?? []) : [];
  const spared = planned.filter((it) => dropsUnknown(it, known));
  const statements = planned.filter((it) => !spared.includes(it)).map((it) => it.trim().replace(/;$/, ''));
  if (options.dryRun || statements.length === 0) return { statements, spared, applied: false, failure: undefined };
  await answer(await narrowedColumns(driver, statements), [], options);
  const sql = `${statements.join(';\n')};\n`;
  const failure = await withLock(driver, project.ledger, {}, (session) =>
    applyBesideViews(session, project.ledger, {
      name: 'push',
      file: 'the schema files',
      sql,
      record: recordLive(project.ledger, sql),
      way: 'up',
    }),
  );
  return { statements, spared, applied: failure === undefined, failure };
}

/** Without a filter drizzle-kit would drop the schemas that it does not know, Hutch's among them. */
async function schemasOf(driver: Driver, project: Project, known: Known): Promise<readonly string[]> {
  if (project.schemaFilter.length > 0) return project.schemaFilter;
  const named = await Promise.all(project.schemaFiles.map((file) => readFile(file, 'utf8')));
  const declared = named.flatMap((text) =>
    [...text.matchAll(/pgSchema\(\s*['"`]([^'"`]+)/g)].map(([, name = '']) => name),
  );
  const text = `select nspname from pg_namespace where nspname !~ '^(pg_|information_schema|drizzle$|hutch$)'`;
  const existing = new Set((await driver.query({ text, prepare: false })).rows.map(([name]) => name ?? ''));
  return [
    ...new Set(['public', ...declared, ...[...existing].filter((it) => it !== project.ledger.schema && known(it))]),
  ];
}

type Known = (name: string) => boolean;

/** Whether the history or an earlier push has ever named this. */
async function knownNames(driver: Driver, project: Project): Promise<Known> {
  const migrations = await migrationsOf(project);
  const texts = [...migrations.map((it) => it.sql), ...(await liveStatements(driver, project.ledger))].join('\n');
  return (name) => texts.includes(`"${name}"`);
}

/** A history that lacks files names what it has. */
async function migrationsOf(project: Project): Promise<readonly Migration[]> {
  try {
    return (await readMigrations(project)).migrations;
  } catch (error) {
    if (isHutchError(error) && error.code === 'migrate_files_broken') return [];
    throw error;
  }
}

const DROP =
  /^DROP (?:TABLE|VIEW|MATERIALIZED VIEW|TYPE|SEQUENCE|SCHEMA|POLICY|INDEX) (?:CONCURRENTLY )?(?:IF EXISTS )?(?:"[^"]+"\.)?"([^"]+)"/i;
/** What goes before a table does: its constraints and its row level security. */
const DROP_OF_TABLE = /^ALTER TABLE (?:IF EXISTS )?(?:"[^"]+"\.)?"([^"]+)" (?:DROP|DISABLE) /i;

function dropsUnknown(statement: string, known: Known): boolean {
  const plain = skeleton(statement);
  const name = (DROP.exec(plain) ?? DROP_OF_TABLE.exec(plain))?.[1];
  return name !== undefined && !known(name);
}
