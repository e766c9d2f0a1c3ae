import { DatabaseError, type DatabaseObject, type Driver } from '../../db/index.ts';
import { isHutchError } from '../../errors/index.ts';
import { drift, type Project, push, readMigrations, status } from '../../migrate/index.ts';
import type { DriftSummary, MigrationsSummary } from './shapes.ts';

/** The project whose migrations are shown, and the objects beside them, asked for anew each time. */
export interface StudioProject {
  readonly project: Project;
  objects(): Promise<readonly DatabaseObject[]>;
}

/** Where the database stands; takes no longer than reading the files and the ledger. */
export async function migrationsSummary(driver: Driver, own: StudioProject): Promise<MigrationsSummary> {
  const [found, { migrations }] = await Promise.all([
    status(driver, own.project, { objects: await own.objects() }),
    readMigrations(own.project),
  ]);
  const files = new Map(migrations.map((file) => [file.name, file]));
  return {
    ledger: found.ledger,
    entries: found.entries.map((entry) => {
      const file = files.get(entry.name);
      return { ...entry, sql: file?.sql ?? null, downSql: file?.down ?? null };
    }),
    objects: found.objects,
    unsaved: found.unsaved,
  };
}

/** What differs between schema files, migrations and the live catalog. Replays the migrations, so it takes seconds. */
export async function driftSummary(driver: Driver, own: StudioProject): Promise<DriftSummary> {
  return { ...(await fromSchema(driver, own)), ...(await fromMigrations(driver, own)) };
}

async function fromSchema(
  driver: Driver,
  { project }: StudioProject,
): Promise<Pick<DriftSummary, 'missing' | 'schemaProblem'>> {
  try {
    const { statements } = await push(driver, project, { dryRun: true });
    return { missing: statements, schemaProblem: null };
  } catch (error) {
    return { missing: [], schemaProblem: problemOf(error) };
  }
}

async function fromMigrations(
  driver: Driver,
  own: StudioProject,
): Promise<Pick<DriftSummary, 'differences' | 'steps' | 'problem'>> {
  try {
    const { differences, steps } = await drift(driver, own.project, { objects: await own.objects() });
    return { differences, steps: steps.map(({ sql, loses }) => ({ sql, loses: loses ?? null })), problem: null };
  } catch (error) {
    return { differences: [], steps: [], problem: problemOf(error) };
  }
}

/** @throws what neither the project nor the database can be blamed for */
function problemOf(error: unknown): string {
  if (error instanceof DatabaseError)
    return `Functions and triggers of the schema do not fit what the migrations lead to: ${error.message}`;
  if (!isHutchError(error)) throw error;
  return [error.message, error.details].filter((part) => part !== null).join(': ');
}
