import type { DatabaseObject, Driver } from '../../db/index.ts';
import { isHutchError } from '../../errors/index.ts';
import { type Drift, drift, type Project, push, readMigrations, status } from '../../migrate/index.ts';
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
  try {
    const adrift = await drift(driver, own.project, { objects: await own.objects() });
    const { statements } = await push(driver, own.project, { dryRun: true });
    return { ...told(adrift), missing: statements, problem: null };
  } catch (error) {
    if (!isHutchError(error)) throw error;
    const problem = [error.message, error.details].filter((part) => part !== null).join(': ');
    return { differences: [], steps: [], missing: [], problem };
  }
}

const told = ({ differences, steps }: Drift): Pick<DriftSummary, 'differences' | 'steps'> => ({
  differences,
  steps: steps.map(({ sql, loses }) => ({ sql, loses: loses ?? null })),
});
