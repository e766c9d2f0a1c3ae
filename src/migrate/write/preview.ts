import type { Driver } from '../../db/driver.ts';
import { chosenDown } from '../apply/down.ts';
import { readLedger } from '../apply/ledger.ts';
import { routeOf } from '../apply/route.ts';
import { chosen } from '../apply/up.ts';
import { type Migration, readMigrations } from '../files/files.ts';
import { courseOf } from '../files/segments.ts';
import type { Project } from '../project/project.ts';
import { type Difference, differences, keyed } from '../state/keyed.ts';
import { leaveOf, readState, readStateWithin } from '../state/read.ts';
import { rolledBack } from '../state/rolled-back.ts';

export interface PreviewedFile {
  readonly name: string;
  readonly file: string;
  /** The exact statements, in order. */
  readonly statements: readonly string[];
  /** Why it would not be one transaction; null where it would. */
  readonly reason: string | null;
}

export interface Preview {
  readonly files: readonly PreviewedFile[];
  /** What would change, on an engine of one's own where it can be tried and rolled back; otherwise null. */
  readonly changes: readonly Difference[] | null;
}

export interface PreviewOptions {
  readonly to?: string;
  readonly steps?: number;
}

/** What `up` or `down` would do, to the letter. Nothing is kept. */
export async function preview(
  driver: Driver,
  project: Project,
  way: 'up' | 'down',
  options: PreviewOptions = {},
): Promise<Preview> {
  const { migrations } = await readMigrations(project);
  const route = routeOf(migrations, (await readLedger(driver, project.ledger)).rows);
  const files =
    way === 'up'
      ? chosen(route, options).map((it) => previewed(it, it.path, route.covered.includes(it) ? '' : it.sql))
      : chosenDown(route.applied, options).map(({ migration }) =>
          previewed(migration, migration.downPath, migration.down ?? ''),
        );
  return { files, changes: await tried(driver, project, files) };
}

function previewed(migration: Migration, file: string, sql: string): PreviewedFile {
  const { segments, reason } = courseOf(sql);
  const statements = segments.flatMap((it) => it.statements.map(({ text }) => text));
  return { name: migration.label, file, statements, reason: reason ?? null };
}

/** Only where nobody else waits for the locks that it takes, and where it can be one transaction. */
async function tried(
  driver: Driver,
  project: Project,
  files: readonly PreviewedFile[],
): Promise<readonly Difference[] | null> {
  if (driver.capabilities.concurrent || files.length === 0 || files.some((it) => it.reason !== null)) return null;
  const leave = leaveOf(project.ledger);
  const before = await readState(driver, leave);
  const trial = rolledBack(driver, async (tx) => {
    for (const { statements } of files) if (statements.length > 0) await tx.script(statements.join(';\n'));
    return differences(keyed(before), keyed(await readStateWithin(tx, leave)));
  });
  // Where it fails, the run itself will say so, and where.
  return trial.catch(() => null);
}
