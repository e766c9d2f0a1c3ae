import type { Session } from '../../db/driver.ts';
import type { LedgerName } from '../project/project.ts';
import type { SchemaState } from '../state/entities.ts';
import { leaveOf, readStateWithin } from '../state/read.ts';
import { besideViews } from '../state/views-aside.ts';
import type { Task } from './apply.ts';
import type { Failure } from './events.ts';
import { applyBesideObjects } from './objects-aside.ts';

/**
 * Applies statements that no migration holds; where views stand in their way (on a column whose type changes), these are taken down in the
 * same transaction, and put up again as they were.
 */
export async function applyBesideViews(session: Session, ledger: LedgerName, task: Task): Promise<Failure | undefined> {
  return besideViews(
    await applyBesideObjects(session, ledger, task, {}),
    (failure) => failure?.detail,
    () => stateOf(session, ledger),
    ({ before, after }) => {
      const sql = [...before, task.sql.trim().replace(/;$/, ''), ...after].join(';\n');
      return applyBesideObjects(session, ledger, { ...task, sql }, {});
    },
  );
}

async function stateOf(session: Session, ledger: LedgerName): Promise<SchemaState> {
  await session.script('BEGIN');
  try {
    return await readStateWithin(session, leaveOf(ledger));
  } finally {
    await session.script('ROLLBACK');
  }
}
