import type { Driver, Transaction } from '../../db/driver.ts';
import type { DatabaseObject } from '../../db/object.ts';
import { HutchError } from '../../errors/index.ts';
import type { Failure } from '../apply/events.ts';
import type { Migration } from '../files/files.ts';
import { inOrder } from '../files/objects.ts';
import type { Project } from '../project/project.ts';
import type { SchemaState } from '../state/entities.ts';
import { readStateWithin } from '../state/read.ts';
import { rolledBack } from '../state/rolled-back.ts';
import { type OpenScratch, Rehearsal } from './rehearsal.ts';

/** Something else to do where the state is the one that was found. */
type Beside = (tx: Transaction, state: SchemaState) => Promise<void>;

/**
 * The state that migrations and objects lead to, found by applying them to the rehearsal database.
 * @throws HutchError `migrate_failed` where they can't be applied there
 */
export async function desiredState(
  project: Pick<Project, 'root'>,
  migrations: readonly Migration[],
  objects: readonly DatabaseObject[],
  openScratch?: OpenScratch,
  beside?: Beside,
): Promise<SchemaState> {
  await using rehearsal = await Rehearsal.open(project, migrations, openScratch);
  const failure = await rehearsal.advance(migrations);
  if (failure) throw rehearsalFailed(failure);
  // awaited here: the rehearsal database is closed when this returns
  return await stateWith(rehearsal.driver, objects, beside);
}

export function rehearsalFailed({ file, place, message, hint }: Failure): HutchError {
  const details = `${file}:${place.line}:${place.column}: ${message} (when it was rehearsed)`;
  return new HutchError('migrate_failed', { details, hint: hint ?? null });
}

/** The objects stay out of the rehearsal database, which knows migrations only. */
const stateWith = (driver: Driver, objects: readonly DatabaseObject[], beside?: Beside): Promise<SchemaState> =>
  rolledBack(driver, async (tx) => {
    for (const object of inOrder(objects)) await tx.script(object.up);
    const state = await readStateWithin(tx);
    await beside?.(tx, state);
    return state;
  });
