import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Driver } from '../../db/driver.ts';
import { readLedger } from '../apply/ledger.ts';
import { routeOf } from '../apply/route.ts';
import { type Migration, readMigrations } from '../files/files.ts';
import { marksOf } from '../files/marks.ts';
import { splitStatements } from '../files/statements.ts';
import { runKit } from '../kit/kit.ts';
import type { KitReply } from '../kit/kit-protocol.ts';
import { nameOf } from '../kit/questions.ts';
import type { Project } from '../project/project.ts';

export interface Problem {
  readonly code:
    | 'schema_differs'
    | 'conflict'
    | 'two_heads'
    | 'broken_files'
    | 'empty'
    | 'edited'
    | 'missing'
    | 'out_of_order'
    | 'no_way_down';
  readonly message: string;
  /** Errors fail a pull request; warnings are told. */
  readonly severity: 'error' | 'warning';
}

const error = (code: Problem['code'], message: string): Problem => ({ code, message, severity: 'error' });
const warning = (code: Problem['code'], message: string): Problem => ({ code, message, severity: 'warning' });

/** Whether schema and migrations agree, and whether branches that came together conflict. Needs no database. */
export async function check(project: Project): Promise<readonly Problem[]> {
  const { layout, migrations } = await readMigrations(project);
  const own = [...migrations.flatMap(fileProblems), ...(layout === 'journal' ? await journalHeads(migrations) : [])];
  if (own.some((it) => it.code === 'two_heads')) return own;
  const compare = (out: string) => kitProblems(project, out);
  return [...own, ...(layout === 'journal' ? await withFolders(project, compare) : await compare(project.out))];
}

async function kitProblems(project: Project, out: string): Promise<readonly Problem[]> {
  const { schemaFiles } = project;
  const checked = await runKit({ op: 'check', schemaFiles, out });
  if (checked.status === 'error')
    return [error(checked.code === 'check_error' ? 'conflict' : 'broken_files', checked.message)];
  const planned = await runKit({ op: 'generate', schemaFiles, out, explain: true });
  return schemaProblems(planned);
}

function schemaProblems(planned: KitReply): readonly Problem[] {
  if (planned.status === 'no_changes') return [];
  if (planned.status === 'error') return [error('broken_files', planned.message)];
  const names =
    planned.status === 'questions'
      ? planned.questions.map((it) => `${it.kind} ${nameOf(it.entity)}`)
      : (planned.statements ?? []).map(statementName);
  return [
    error(
      'schema_differs',
      `The schema has changes that no migration holds: ${names.join(', ')}. Run hutch migrate generate.`,
    ),
  ];
}

/** drizzle-kit explains in statement objects; their type names them well enough. */
function statementName(json: string): string {
  const type = /"type":"(\w+)"/.exec(json)?.[1] ?? 'a change';
  const table = /"table":(?:"([^"]+)"|\{[^{}]*?"name":"([^"]+)")/.exec(json);
  return `${type.replaceAll('_', ' ')} ${table?.[1] ?? table?.[2] ?? ''}`.trim();
}

/** drizzle-kit 1.0 reads folders only, so an older layout is converted in a copy. */
async function withFolders<T>(project: Project, work: (out: string) => Promise<T>): Promise<T> {
  const copy = await mkdtemp(join(tmpdir(), 'hutch-check-'));
  try {
    await cp(project.out, copy, { recursive: true });
    await runKit({ op: 'upgrade', out: copy });
    return await work(copy);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** Two snapshots with one parent: two branches, each of which generated on its own. */
async function journalHeads(migrations: readonly Migration[]): Promise<readonly Problem[]> {
  const children = new Map<string, string[]>();
  for (const it of migrations) {
    if (it.snapshotPath === undefined) continue;
    const snapshot: { prevId?: unknown } = JSON.parse(await readFile(it.snapshotPath, 'utf8'));
    const parent = String(snapshot.prevId);
    children.set(parent, [...(children.get(parent) ?? []), it.label]);
  }
  return [...children.values()].flatMap((labels) =>
    labels.length > 1
      ? [
          error(
            'two_heads',
            `${labels.join(' and ')} follow the same migration: two branches were merged. Generate one of them again.`,
          ),
        ]
      : [],
  );
}

function fileProblems(migration: Migration): readonly Problem[] {
  const problems: Problem[] = [];
  if (/^(<{7}|>{7}|={7})( |$)/m.test(migration.sql))
    problems.push(error('broken_files', `${migration.path} has conflict markers of a merge.`));
  if (splitStatements(migration.sql).length === 0)
    problems.push(warning('empty', `${migration.label} has no statement.`));
  const marks = migration.down === undefined ? undefined : marksOf(migration.down);
  const noWay = marks === undefined ? 'it has no down.sql' : marks.noWay[0];
  if (noWay !== undefined) problems.push(warning('no_way_down', `${migration.label}: ${noWay}.`));
  return problems;
}

/** What stands between the files and this database's ledger. */
export async function validate(driver: Driver, project: Project): Promise<readonly Problem[]> {
  const { migrations } = await readMigrations(project);
  const route = routeOf(migrations, (await readLedger(driver, project.ledger)).rows);
  return [
    ...migrations.flatMap(fileProblems),
    ...route.edited.map((it) => error('edited', `${it.migration.label} was edited after it was applied.`)),
    ...route.missing.map((it) =>
      error('missing', `${it.name ?? `ledger row ${it.id}`} is applied, but its file is missing.`),
    ),
    ...route.outOfOrder.map((it) =>
      warning('out_of_order', `${it.label} sorts before a migration that is already applied.`),
    ),
  ];
}
