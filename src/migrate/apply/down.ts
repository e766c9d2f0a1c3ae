import type { Driver, Session } from '../../db/driver.ts';
import { HutchError } from '../../errors/index.ts';
import type { Migration } from '../files/files.ts';
import { marksOf } from '../files/marks.ts';
import { DRIZZLE_LEDGER, type LedgerName } from '../project/project.ts';
import type { ApplyOptions } from './apply.ts';
import type { Failure } from './events.ts';
import { readLedger, recordReverted } from './ledger.ts';
import { type LockOptions, withLock } from './lock.ts';
import { applyBesideObjects, markObjectsStale } from './objects-aside.ts';
import { type AppliedMigration, routeOf } from './route.ts';
import { find, type UpResult, up } from './up.ts';

export interface DownOptions extends ApplyOptions, LockOptions {
  readonly ledger?: LedgerName;
  /** Go back until this one is the last that is applied; it stays. */
  readonly to?: string;
  /** How many to take back; 1 where neither this nor `to` is given. */
  readonly steps?: number;
  /** Go on where data can't come back, or where there is no way down (then only the ledger row goes). */
  readonly force?: boolean;
}

export interface DownResult {
  /** Names of those taken back, the latest first. */
  readonly reverted: readonly string[];
  readonly failure: Failure | undefined;
  readonly tookMs: number;
}

/**
 * Takes back applied migrations, the latest applied first, each in a transaction of its own. All are checked before the first is
 * touched: one without a way down, or with one that loses data, refuses the whole run.
 * @throws HutchError `migrate_no_way_down`, `migrate_irreversible`, `migrate_unknown_name`, `migrate_locked`
 */
export async function down(
  driver: Driver,
  migrations: readonly Migration[],
  options: DownOptions = {},
): Promise<DownResult> {
  const started = performance.now();
  const ledger = options.ledger ?? DRIZZLE_LEDGER;
  return withLock(driver, ledger, options, async (session) => {
    const route = routeOf(migrations, (await readLedger(session, ledger)).rows);
    const chosen = chosenDown(route.applied, options);
    if (!options.force) for (const it of chosen) refuseUnsafe(it.migration);
    const { reverted, failure } = await revertAll(session, ledger, chosen, options);
    return { reverted, failure, tookMs: performance.now() - started };
  });
}

/** The latest applied first. */
export function chosenDown(
  applied: readonly AppliedMigration[],
  options: Pick<DownOptions, 'to' | 'steps'>,
): readonly AppliedMigration[] {
  const latestFirst = applied.toReversed();
  if (options.to === undefined) return latestFirst.slice(0, Math.max(0, options.steps ?? 1));
  const target = find(
    applied.map((it) => it.migration),
    options.to,
  );
  return latestFirst.slice(
    0,
    latestFirst.findIndex((it) => it.migration === target),
  );
}

/** @throws HutchError where a way down is missing, or can't bring everything back. */
function refuseUnsafe(migration: Migration): void {
  if (migration.down === undefined) {
    throw new HutchError('migrate_no_way_down', {
      details: `${migration.label} has no ${migration.downPath}.`,
      hint: 'hutch migrate generate --down writes the missing ones.',
    });
  }
  const marks = marksOf(migration.down);
  const [noWay] = marks.noWay;
  if (noWay !== undefined) throw new HutchError('migrate_no_way_down', { details: `${migration.label}: ${noWay}` });
  const [first] = marks.irreversible;
  if (first !== undefined) {
    throw new HutchError('migrate_irreversible', {
      details: `${migration.label}: ${marks.irreversible.join('; ')}`,
      hint: 'With --force the schema goes back without the data.',
    });
  }
}

async function revertAll(
  session: Session,
  ledger: LedgerName,
  list: readonly AppliedMigration[],
  options: DownOptions,
): Promise<{ reverted: readonly string[]; failure: Failure | undefined }> {
  const reverted: string[] = [];
  if (list.length > 0) await markObjectsStale(session, ledger);
  for (const [index, { migration, row }] of list.entries()) {
    const started = performance.now();
    options.onEvent?.({ type: 'start', name: migration.label, index, of: list.length, way: 'down' });
    const failure = await applyBesideObjects(
      session,
      ledger,
      taskOf(migration, recordReverted(ledger, row.id)),
      options,
    );
    if (failure) return { reverted, failure };
    reverted.push(migration.name);
    options.onEvent?.({ type: 'done', name: migration.label, tookMs: performance.now() - started, way: 'down' });
  }
  return { reverted, failure: undefined };
}

const taskOf = (migration: Migration, record: string) => ({
  name: `${migration.name} (down)`,
  file: migration.downPath,
  sql: migration.down ?? '',
  record,
  way: 'down' as const,
});

export interface RedoResult {
  readonly down: DownResult;
  /** Undefined where the way down failed. */
  readonly up: UpResult | undefined;
}

/** Takes back and applies again: the quick test of a migration that is being written. */
export async function redo(
  driver: Driver,
  migrations: readonly Migration[],
  options: DownOptions = {},
): Promise<RedoResult> {
  const first = await down(driver, migrations, options);
  if (first.failure || first.reverted.length === 0) return { down: first, up: undefined };
  const { lockTimeoutMs, lockRetries, lockWaitMs, ledger, onEvent } = options;
  const again = migrations.filter((it) => first.reverted.includes(it.name));
  const result = await up(driver, again, { lockTimeoutMs, lockRetries, lockWaitMs, ledger, onEvent });
  return { down: first, up: result };
}
