import type { Session } from '../../db/driver.ts';
import { literal } from '../../db/quoting.ts';
import type { LedgerName } from '../project/project.ts';
import { type ApplyOptions, applyFile, type Task } from './apply.ts';
import type { Failure } from './events.ts';
import { objectsTable, type StoredObject, storedObjects } from './objects.ts';

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
 * Applies a file; where objects stand in its way (a view on a column whose type changes, a trigger that looks at one), they are put aside in
 * the same transaction, and come back when objects are applied next. No others: those go on guarding, and recording, what the file does.
 */
export async function applyBesideObjects(
  session: Session,
  ledger: LedgerName,
  task: Task,
  options: ApplyOptions,
): Promise<Failure | undefined> {
  const failure = await applyFile(session, ledger, task, options);
  if (!isBlocked(failure)) return failure;
  const removable = [...((await storedObjects(session, ledger)) ?? [])].filter(([, it]) => it.down.trim() !== '');
  let aside: readonly Stored[] = [];
  for (let last: Failure | undefined = failure; last !== undefined; ) {
    if (!isBlocked(last)) return last;
    if (aside.length === removable.length) return failure;
    aside = removable.filter(among(aside, removable, last));
    last = await applyFile(session, ledger, { ...task, prelude: removal(ledger, aside) }, { ...options, fresh: false });
  }
  const names = aside.map(([name]) => name).join(', ');
  options.onEvent?.({ type: 'notice', message: `${task.name}: these stood in its way, and were put aside: ${names}` });
  return undefined;
}

type Stored = readonly [name: string, object: StoredObject];

const isBlocked = (failure: Failure | undefined): failure is Failure =>
  failure !== undefined && BLOCKED.has(failure.code);

/** Those that are aside already and those that Postgres names; all, where it names no other. */
function among(aside: readonly Stored[], removable: readonly Stored[], failure: Failure): (it: Stored) => boolean {
  const dependents = dependentsOf(failure);
  const named = removable.filter(
    (it) => !aside.includes(it) && dependents.some((names) => names.every((name) => it[1].down.includes(name))),
  );
  return named.length === 0 ? () => true : (it) => aside.includes(it) || named.includes(it);
}

const NAMED = /\b(?:trigger|policy|view|function|table) (?:"?\w+"?\.)?("[^"]+"|\w+)/g;

/** "trigger touch on table posts depends on column …" → `touch`, `posts`; a line for each. */
function dependentsOf({ detail = '' }: Failure): readonly (readonly string[])[] {
  const lines = detail.split('\n').map((line) => line.split(' depends on ')[0] ?? '');
  const names = lines.map((line) => [...line.matchAll(NAMED)].map(([, name = '']) => name.replaceAll('"', '')));
  return names.filter((it) => it.length > 0);
}

/** The last that was applied goes first, as it may stand on the others. */
function removal(ledger: LedgerName, objects: readonly Stored[]): string {
  const names = objects.map(([name]) => literal(name)).join(', ');
  const downs = objects.toReversed().map(([, it]) => it.down);
  return [...downs, `DELETE FROM ${objectsTable(ledger)} WHERE name IN (${names})`].join(';\n');
}
