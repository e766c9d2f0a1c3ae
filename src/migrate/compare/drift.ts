import type { Driver, Transaction } from '../../db/driver.ts';
import type { DatabaseObject } from '../../db/object.ts';
import { readLedger } from '../apply/ledger.ts';
import { routeOf } from '../apply/route.ts';
import { readMigrations } from '../files/files.ts';
import type { Project } from '../project/project.ts';
import { desiredState } from '../rehearse/desired.ts';
import type { OpenScratch } from '../rehearse/rehearsal.ts';
import type { SchemaState } from '../state/entities.ts';
import { closeGap } from '../state/gap/plan.ts';
import { type Difference, differences, keyed } from '../state/keyed.ts';
import { leaveOf, readState } from '../state/read.ts';
import { reprinted } from '../state/reprint.ts';
import type { Step } from '../state/steps.ts';

/** How a database differs from what its applied migrations and objects say. */
export interface Drift {
  readonly differences: readonly Difference[];
  /** What would lead the database back, in order; `loses` where rows or values would go. */
  readonly steps: readonly Step[];
}

export interface DriftOptions {
  readonly objects?: readonly DatabaseObject[];
  readonly openScratch?: OpenScratch;
}

/** Compares the live catalog with one to which the applied migrations lead. Roles belong to the whole server, and are left out. */
export async function drift(driver: Driver, project: Project, options: DriftOptions = {}): Promise<Drift> {
  const { migrations } = await readMigrations(project);
  const { rows } = await readLedger(driver, project.ledger);
  const applied = new Set(routeOf(migrations, rows).applied.map((it) => it.migration));
  const inFileOrder = migrations.filter((it) => applied.has(it));
  let actual = await readState(driver, leaveOf(project.ledger));
  const compare = async (tx: Transaction, state: SchemaState) => {
    actual = await reprinted(actual, tx, state);
  };
  const desired = await desiredState(project, inFileOrder, options.objects ?? [], options.openScratch, compare);
  return driftBetween(actual, desired);
}

export function driftBetween(actual: SchemaState, desired: SchemaState): Drift {
  const [from, to] = [comparable(actual), comparable(desired)];
  return { differences: differences(keyed(from), keyed(to)), steps: closeGap(from, to) };
}

/** Without what differs from server to server and is not the project's: roles, and who may use the public schema. */
function comparable(state: SchemaState): SchemaState {
  return { ...state, roles: [], schemas: state.schemas.filter((it) => it.name !== 'public') };
}
