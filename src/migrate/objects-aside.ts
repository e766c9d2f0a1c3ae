import type { Session } from '../db/driver.ts';
import { type ApplyOptions, applyFile, type Task } from './apply.ts';
import type { Failure } from './events.ts';
import { literal } from './names.ts';
import { objectsTable, storedObjects } from './objects.ts';
import type { LedgerName } from './project.ts';

/** Dependent objects still exist; a column's type is held by a view, policy or trigger. */
const BLOCKED = new Set(['2BP01', '0A000']);

/**
 * A migration can take objects with it (the triggers of a table that it makes anew), so all are applied again after a run that changed
 * something. This notes it, and is harmless where there are none.
 */
export async function markObjectsStale(session: Session, ledger: LedgerName): Promise<void> {
  const table = objectsTable(ledger);
  await session.script(`DO $stale$ BEGIN
  IF to_regclass(${literal(table)}) IS NOT NULL THEN UPDATE ${table} SET checksum = ''; END IF;
END $stale$`);
}

/**
 * Applies a file; where an object stands in its way (a view on a column whose type changes), the objects are put aside in the same
 * transaction, and come back when objects are applied next.
 */
export async function applyBesideObjects(
  session: Session,
  ledger: LedgerName,
  task: Task,
  options: ApplyOptions,
): Promise<Failure | undefined> {
  const failure = await applyFile(session, ledger, task, options);
  if (failure === undefined || failure.kept > 0 || !BLOCKED.has(failure.code)) return failure;
  const stored = [...((await storedObjects(session, ledger)) ?? [])].filter(([, it]) => it.down.trim() !== '');
  if (stored.length === 0) return failure;
  const names = stored.map(([name]) => literal(name)).join(', ');
  const downs = stored.toReversed().map(([, it]) => it.down);
  const prelude = [...downs, `DELETE FROM ${objectsTable(ledger)} WHERE name IN (${names})`].join(';\n');
  const again = await applyFile(session, ledger, { ...task, prelude }, { ...options, fresh: false });
  if (again) return failure;
  options.onEvent?.({ type: 'notice', message: `${task.name}: objects stood in its way, and were put aside` });
  return undefined;
}
