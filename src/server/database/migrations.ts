import { objectsOf } from '../../data/objects.ts';
import type { DatabaseObject, Driver } from '../../db/index.ts';
import { HutchError, isHutchError } from '../../errors/index.ts';
import type { Logger } from '../../http/logger.ts';
import { applyObjects } from '../../migrate/apply/objects.ts';
import { up } from '../../migrate/apply/up.ts';
import { liveStatements } from '../../migrate/compare/live-marker.ts';
import { readObjects } from '../../migrate/files/objects.ts';
import type { Failure, OnEvent, Project, Refused } from '../../migrate/index.ts';
import { bringHosted } from '../../migrate/rehearse/hosted.ts';
import type { LoadedProject } from '../project/loaded-project.ts';
import { lacksTables } from '../project/schema-tables.ts';
import { prepareRoles, settleDevelopment } from './development.ts';
import { type Requirements, remedy } from './requirements.ts';

export interface MigrationState {
  /** In the folder. */
  readonly total: number;
  /** Applied by this start. */
  readonly applied: readonly string[];
  /** The database had no migrations before this start. */
  readonly fresh: boolean;
  /** What whoever starts the server should know. */
  readonly notices?: readonly string[];
}

/**
 * Brings the database up to the project: pending migrations, then the objects that Drizzle's diff does not know (triggers,
 * grants; `drizzle/objects/*.sql` and those derived from the schema). With nothing to do it costs two queries.
 * @throws HutchError `migration_failed` with the statement's place
 */
export async function bringUp(
  driver: Driver,
  loaded: LoadedProject,
  requirements: Requirements,
  log: Logger,
): Promise<MigrationState> {
  if (!loaded.project) return { total: 0, applied: [], fresh: false };
  const { migrations } = requirements;
  const objects = await projectObjects(loaded);
  const embedded = driver.engine === 'pglite';
  const provided = embedded ? await prepareGround(driver, requirements) : [];
  if (migrations.length > 0) await adopt(driver, loaded.project, objects);
  const result = await up(driver, migrations, { ledger: loaded.project.ledger, onEvent: logEvents(log) });
  for (const notice of result.notices) log.warn(notice);
  if (result.failure)
    throw migrationFailed(result.failure, embedded ? wayOut(result.failure, loaded, requirements) : null);
  const behind = embedded && (await lacksTables(driver, loaded.schema));
  const { left, waits } = behind ? await catchUp(driver, loaded, loaded.project, requirements, log) : NOTHING_LEFT;
  // Without the schema nobody knows which of those in the database are still wanted; one that waits names what is not there yet.
  if (!loaded.unknown && !waits) await applyObjects(driver, objects, { ledger: loaded.project.ledger });
  if (embedded) await settleDevelopment(driver, loaded.unknown ? undefined : loaded.schema);
  return {
    total: migrations.length,
    applied: result.applied,
    fresh: result.applied.length === migrations.length,
    notices: [...requirements.notices, ...provided, ...left],
  };
}

/** Squares what was pushed with migrations that came since. What compares the two is loaded where there is something to compare. */
async function adopt(driver: Driver, project: Project, objects: readonly DatabaseObject[]): Promise<void> {
  if ((await liveStatements(driver, project.ledger)).length === 0) return;
  const { adoptLive } = await import('../../migrate/compare/adopt.ts');
  await adoptLive(driver, project, { objects });
}

/** Before the migrations: roles, and what those who host Postgres bring along. In words, what there was to do. */
export async function prepareGround(
  driver: Driver,
  { migrations, extensions, text }: Requirements,
): Promise<readonly string[]> {
  await prepareRoles(driver, migrations);
  const made = await bringHosted(driver, text, extensions.create);
  return made.length === 0 ? [] : [`Made for development, since nothing else makes it: ${made.join('; ')}.`];
}

/** Undefined object, undefined function, feature not supported: what the lack of an extension looks like. */
const OF_EXTENSIONS = new Set(['42704', '42883', '0A000']);

/** What to do about a migration that the embedded database refuses. */
function wayOut(failure: Failure, { unknown }: LoadedProject, requirements: Requirements): string | null {
  const push = unknown ? [] : ['To leave the migrations aside and serve the schema files: hutch dev --push'];
  return [...lacking(failure, requirements), ...push].join(' ') || null;
}

const lacking = ({ code }: Failure, { extensions }: Requirements): readonly string[] =>
  OF_EXTENSIONS.has(code) ? extensions.missing.map(remedy) : [];

interface CaughtUp {
  /** What could not be brought, in words. */
  readonly left: readonly string[];
  /** Nothing was, until somebody says what is meant. */
  readonly waits: boolean;
}

const NOTHING_LEFT: CaughtUp = { left: [], waits: false };

/**
 * What the schema has and no migration brings yet is pushed, as it is on every save while `dev` runs; of a foreign project's schema, what
 * can be. What may lose data waits for an answer, and the database is served as it is.
 */
async function catchUp(
  driver: Driver,
  { foreign }: LoadedProject,
  project: Project,
  requirements: Requirements,
  log: Logger,
): Promise<CaughtUp> {
  // Seldom needed, and more than all the rest of a start.
  const { applyPossible, push } = await import('../../migrate/index.ts');
  const pushed = await push(driver, project).catch(waitingFor);
  if (typeof pushed === 'string') return { left: [pushed], waits: true };
  const { statements, failure } = pushed;
  if (failure && !foreign) throw migrationFailed(failure, lacking(failure, requirements).join(' ') || null);
  const possible = failure ? await applyPossible(driver, project, statements) : { applied: statements, refused: [] };
  log.info(
    `the schema is ahead of its migrations; applied ${possible.applied.length} statements (hutch migrate generate)`,
  );
  return { left: leftOut(possible.refused), waits: false };
}

/** In words, what the push asks. @throws whatever else it failed of */
function waitingFor(error: unknown): string {
  if (isHutchError(error) && error.code === 'migrate_questions') return waitsText(error.details ?? error.message);
  throw error;
}

/** @param question which answers there are: `Say which is meant: --rename …` */
export const waitsText = (question: string): string =>
  `The schema change waits, because it may lose data. ${question} To answer: hutch migrate push, with these or on a terminal.`;

/** A sentence for each reason, with the first of what it keeps out. */
function leftOut(refused: readonly Refused[]): readonly string[] {
  return [...Map.groupBy(refused, (it) => it.message)].map(([message, all]) => {
    const more = all.length > 1 ? ` and ${all.length - 1} more` : '';
    return `Left out, since the database refuses it: ${all[0]?.what}${more}: ${message}.`;
  });
}

/** Changes nothing, and says which migrations the database lacks. */
export async function tellPending(
  driver: Driver,
  { project }: LoadedProject,
  { migrations }: Requirements,
): Promise<MigrationState> {
  const { pending } = await up(driver, migrations, { ledger: project?.ledger, steps: 0 });
  const notice = `${pending.length} of ${migrations.length} migrations are not in this database; --migrate applies them.`;
  return { total: migrations.length, applied: [], fresh: false, notices: pending.length > 0 ? [notice] : [] };
}

/** @throws HutchError `migrations_pending` where the database is behind: production migrates only when it is told to. */
export async function refusePending(
  driver: Driver,
  loaded: LoadedProject,
  { migrations }: Requirements,
): Promise<MigrationState> {
  if (!loaded.project) return { total: 0, applied: [], fresh: false };
  const { pending } = await up(driver, migrations, { ledger: loaded.project.ledger, steps: 0 });
  if (pending.length === 0) return { total: migrations.length, applied: [], fresh: false };
  throw new HutchError('migrations_pending', {
    details: `Pending: ${pending.join(', ')}`,
    hint: 'Apply them first with `hutch migrate up`, or start with --migrate',
  });
}

/** The project's own objects and those that Hutch derives from the schema. */
export async function projectObjects(loaded: LoadedProject) {
  const own = loaded.project ? await readObjects(loaded.project) : [];
  return [...objectsOf(loaded.schema), ...own];
}

const logEvents =
  (log: Logger): OnEvent =>
  (event) => {
    if (event.type === 'waiting') log.info('waiting for another process to finish its migrations');
    if (event.type === 'retry') log.warn(`${event.name}: a table is busy, trying again in ${event.delayMs} ms`);
    if (event.type === 'done') log.debug(`applied ${event.name}`);
  };

function migrationFailed(failure: Failure, wayOut: string | null): HutchError {
  return new HutchError('migration_failed', {
    message: `${failure.name === 'push' ? 'The schema' : `Migration ${failure.name}`} failed: ${failure.message}`,
    details: `${failure.file}:${failure.place.line}:${failure.place.column}: ${failure.code}`,
    hint: failure.hint ?? wayOut,
  });
}
