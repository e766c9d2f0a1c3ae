import type { Driver } from '../../db/driver.ts';
import type { DatabaseObject } from '../../db/object.ts';
import { HutchError } from '../../errors/index.ts';
import { createLedger, readLedger, recordApplied } from '../apply/ledger.ts';
import { withLock } from '../apply/lock.ts';
import { routeOf } from '../apply/route.ts';
import { type Migration, readMigrations } from '../files/files.ts';
import type { Project } from '../project/project.ts';
import { desiredState } from '../rehearse/desired.ts';
import type { OpenScratch } from '../rehearse/rehearsal.ts';
import { leaveOf, readState } from '../state/read.ts';
import { driftBetween } from './drift.ts';
import { clearLive, liveStatements } from './live-marker.ts';

export interface Adoption {
  /** `none`: there was nothing live; `adopted`: pending migrations held just that; `unwound`: it was taken back, so that they can apply. */
  readonly outcome: 'none' | 'adopted' | 'unwound';
  /** Migrations that are now recorded as applied. */
  readonly names: readonly string[];
}

export interface AdoptOptions {
  readonly objects?: readonly DatabaseObject[];
  readonly openScratch?: OpenScratch;
  /** Take live changes back also where that loses rows. */
  readonly force?: boolean;
}

const NONE: Adoption = { outcome: 'none', names: [] };

/**
 * Squares live changes with new migrations, before `up`: where the pending ones lead just to what the database is already, they are
 * recorded and not applied twice. Otherwise the live changes are taken back first. Costs one query where nothing is live.
 * @throws HutchError `migrate_refused` where taking them back would lose rows
 */
export async function adoptLive(driver: Driver, project: Project, options: AdoptOptions = {}): Promise<Adoption> {
  const { ledger } = project;
  if ((await liveStatements(driver, ledger)).length === 0) return NONE;
  const { migrations } = await readMigrations(project);
  const route = routeOf(migrations, (await readLedger(driver, ledger)).rows);
  if (route.pending.length === 0) return NONE;
  const desired = (list: readonly Migration[]) =>
    desiredState(project, list, options.objects ?? [], options.openScratch);
  const actual = await readState(driver, leaveOf(ledger));
  if (driftBetween(actual, await desired(migrations)).differences.length === 0) {
    const records = [createLedger(ledger), ...route.pending.map((it) => recordApplied(ledger, it)), clearLive(ledger)];
    await run(driver, project, records);
    return { outcome: 'adopted', names: route.pending.map((it) => it.name) };
  }
  const applied = new Set(route.applied.map((it) => it.migration));
  const { steps } = driftBetween(actual, await desired(migrations.filter((it) => applied.has(it))));
  const losses = steps.flatMap((it) => it.loses ?? []);
  if (losses.length > 0 && !options.force) throw refused(losses);
  await run(driver, project, [...steps.map((it) => it.sql), clearLive(ledger)]);
  return { outcome: 'unwound', names: [] };
}

const run = (driver: Driver, project: Project, statements: readonly string[]) =>
  withLock(driver, project.ledger, {}, (session) => session.script(`BEGIN;\n${statements.join(';\n')};\nCOMMIT`));

const refused = (losses: readonly string[]): HutchError =>
  new HutchError('migrate_refused', {
    details: `Changes that are in no migration stand in the way of pending ones; taking them back would lose ${losses.join(', ')}.`,
    hint: 'Generate a migration from them first, or use --force.',
  });
