import type { Driver, Session } from '../../db/driver.ts';
import { didYouMean, HutchError } from '../../errors/index.ts';
import type { Migration } from '../files/files.ts';
import { DRIZZLE_LEDGER, type LedgerName } from '../project/project.ts';
import type { ApplyOptions } from './apply.ts';
import type { Failure } from './events.ts';
import { createLedger, type Ledger, readLedger, recordApplied, upgradeLedger } from './ledger.ts';
import { type LockOptions, withLock } from './lock.ts';
import { applyBesideObjects, markObjectsStale } from './objects-aside.ts';
import { type Route, routeOf } from './route.ts';

export interface UpOptions extends ApplyOptions, LockOptions {
  readonly ledger?: LedgerName;
  /** Apply up to and including this one. */
  readonly to?: string;
  /** Apply at most this many. */
  readonly steps?: number;
  /** Refuse migrations that sort before an applied one, and edited ones. */
  readonly strict?: boolean;
}

export interface UpResult {
  /** Names of those applied now, in order. */
  readonly applied: readonly string[];
  /** Names of those that are still pending. */
  readonly pending: readonly string[];
  /** What to tell people: out of order, edited, missing. */
  readonly notices: readonly string[];
  readonly failure: Failure | undefined;
  readonly tookMs: number;
}

/**
 * Applies what is pending, each migration in a transaction of its own, under the lock. With nothing pending it costs one query.
 * A migration that fails stops the run and is told in `failure`; those before it stay applied.
 * @throws HutchError `migrate_unknown_name`, `migrate_out_of_order`, `migrate_edited`, `migrate_locked`
 */
export async function up(driver: Driver, migrations: readonly Migration[], options: UpOptions = {}): Promise<UpResult> {
  const started = performance.now();
  const name = options.ledger ?? DRIZZLE_LEDGER;
  const first = routeOf(migrations, (await readLedger(driver, name)).rows);
  const wanted = chosen(first, options);
  if (wanted.length === 0) return result(first, [], undefined, started);
  return withLock(driver, name, options, async (session) => {
    const ledger = await readLedger(session, name);
    const route = routeOf(migrations, ledger.rows);
    checkStrict(route, options);
    await prepareLedger(session, name, ledger, route);
    if (ledger.state !== 'absent') await markObjectsStale(session, name);
    const { applied, failure } = await applyAll(session, name, chosen(route, options), route, {
      ...options,
      fresh: ledger.state === 'absent',
    });
    return result(route, applied, failure, started);
  });
}

/** The pending ones that `to` and `steps` choose. */
export function chosen(route: Route, options: Pick<UpOptions, 'to' | 'steps'>): readonly Migration[] {
  let list = route.pending;
  if (options.to !== undefined) {
    const target = find([...route.applied.map((it) => it.migration), ...route.pending], options.to);
    list = list.filter((it) => it.name <= target.name || it === target);
  }
  return options.steps === undefined ? list : list.slice(0, Math.max(0, options.steps));
}

/** So many are named to whoever names one that is not there. */
const LATEST = 5;

/** Finds a migration by its name, its label or an unambiguous part of it. @throws HutchError `migrate_unknown_name` */
export function find(migrations: readonly Migration[], wanted: string): Migration {
  const exact = migrations.find((it) => it.name === wanted || it.label === wanted);
  if (exact) return exact;
  const partial = migrations.filter((it) => it.label.includes(wanted));
  if (partial.length === 1 && partial[0]) return partial[0];
  const labels = migrations.map((it) => it.label);
  throw new HutchError('migrate_unknown_name', {
    details:
      partial.length > 1
        ? `'${wanted}' fits ${partial.map((it) => it.label).join(', ')}.`
        : `'${wanted}' is not among the migrations.`,
    hint: didYouMean(wanted, labels) ?? `The latest are ${labels.slice(-LATEST).join(', ')}.`,
    field: 'to',
  });
}

function checkStrict(route: Route, options: Pick<UpOptions, 'strict'>): void {
  if (!options.strict) return;
  const [late] = route.outOfOrder;
  if (late)
    throw new HutchError('migrate_out_of_order', {
      details: `${late.label} sorts before a migration that is applied.`,
    });
  const [edited] = route.edited;
  if (edited)
    throw new HutchError('migrate_edited', { details: `${edited.migration.path} differs from what was applied.` });
}

async function prepareLedger(session: Session, name: LedgerName, ledger: Ledger, route: Route): Promise<void> {
  if (ledger.state === 'absent') await session.script(createLedger(name));
  if (ledger.state !== 'old') return;
  const names = new Map(route.applied.map((it) => [it.row.id, it.migration.name]));
  await session.script(`BEGIN;\n${upgradeLedger(name, names)};\nCOMMIT`);
}

async function applyAll(
  session: Session,
  ledger: LedgerName,
  list: readonly Migration[],
  route: Route,
  options: UpOptions,
): Promise<{ applied: readonly string[]; failure: Failure | undefined }> {
  const applied: string[] = [];
  for (const [index, migration] of list.entries()) {
    const started = performance.now();
    options.onEvent?.({ type: 'start', name: migration.label, index, of: list.length, way: 'up' });
    const failure = await applyBesideObjects(session, ledger, taskOf(migration, ledger, route), options);
    if (failure) return { applied, failure };
    applied.push(migration.name);
    options.onEvent?.({ type: 'done', name: migration.label, tookMs: performance.now() - started, way: 'up' });
  }
  return { applied, failure: undefined };
}

/** A baseline of what is there already only gets its row. */
const taskOf = (migration: Migration, ledger: LedgerName, route: Route) => ({
  name: migration.name,
  file: migration.path,
  sql: route.covered.includes(migration) ? '' : migration.sql,
  record: recordApplied(ledger, migration),
  way: 'up' as const,
});

function result(route: Route, applied: readonly string[], failure: Failure | undefined, started: number): UpResult {
  const done = new Set(applied);
  return {
    applied,
    pending: route.pending.map((it) => it.name).filter((it) => !done.has(it)),
    notices: noticesOf(route),
    failure,
    tookMs: performance.now() - started,
  };
}

/** What a route shows that people should know, in sentences. */
function noticesOf(route: Route): readonly string[] {
  return [
    ...route.outOfOrder.map(
      (it) => `${it.label} sorts before a migration that is already applied (a branch merged late).`,
    ),
    ...route.edited.map((it) => `${it.migration.label} was edited after it was applied.`),
    ...route.missing.map((it) => `${it.name ?? `ledger row ${it.id}`} is applied, but its file is missing.`),
  ];
}
