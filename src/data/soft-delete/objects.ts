import type { DatabaseObject } from '../../db/object.ts';
import { HutchError } from '../../errors/index.ts';
import { hutchSchema } from '../table/hutch-schema.ts';
import type { TableShape } from '../table/shape.ts';
import { createTrigger, dropAll, triggerFunction } from '../table/trigger.ts';
import { onCascade } from './cascade.ts';
import { DELETION_TIME, type TriggerSource } from './clauses.ts';
import { onChange, onDelete, onInsertWithFlag } from './deletion.ts';
import { keptColumns, parentsOf, type SoftTable, softTablesOf } from './family.ts';
import { onMovedChild, onNewChildren } from './living-parent.ts';
import { onTreeDeleted } from './tree.ts';

/**
 * A deletion's time is also its identity: rows that one deletion took share it to the microsecond, and are restored together.
 * So no two deletions may have the same. The clock alone won't do (an embedded Postgres has milliseconds only): a counter
 * fills the microseconds.
 */
const deletionTime: DatabaseObject = {
  name: DELETION_TIME,
  up: `CREATE SEQUENCE IF NOT EXISTS hutch.deletions;
CREATE OR REPLACE FUNCTION ${DELETION_TIME}() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
  SELECT date_trunc('milliseconds', clock_timestamp()) + (1 + nextval('hutch.deletions') % 999) * interval '1 microsecond'
$$`,
  down: `DROP FUNCTION IF EXISTS ${DELETION_TIME}();
DROP SEQUENCE IF EXISTS hutch.deletions`,
  dependsOn: [hutchSchema.name],
};

/**
 * What keeps deletions soft for every client, psql and HTTP included:
 *
 * - DELETE marks the row (it reports no rows then; an UPDATE of `deleted_at` or `deleted` does the same and reports them);
 * - children follow along foreign keys that say `cascade`, and come back with the parent that took them;
 * - a deleted parent takes no new children, except along keys that say `set null` or `set default`;
 * - `deleted` and `deleted_at` never disagree.
 *
 * These are triggers, because they are rules about data, which no client may break. Hiding deleted rows is not one: it depends on the
 * question (history, restore and uniqueness have to see them), a view would have to be asked for by name, and a policy would
 * bind neither owners nor superusers, and would refuse the very update that deletes. So queries say what they want: the HTTP
 * dialect and `active(table)` leave deleted rows out unless told otherwise, and partial indexes make that cheap.
 *
 * The conditions of the triggers tie them to the columns they look at: migrations of Hutch put a trigger aside where one of these changes
 * its type or goes (`applyBesideObjects`); another migrator is refused by Postgres, which names the trigger.
 *
 * Cost: a few microseconds for each trigger on updates that leave these columns alone (only their conditions are evaluated), one
 * query for each inserting statement and parent, and nothing for reads. Under repeatable read a child that was added during a
 * deletion can be missed; under read committed and serializable it can't.
 */
export function softDeleteObjects(tables: readonly TableShape[]): readonly DatabaseObject[] {
  const soft = softTablesOf(tables);
  if (soft.length === 0) return [];
  return [
    deletionTime,
    ...soft.map((it) => triggersObject(it.shape, 'soft_delete', ownTriggers(it))),
    ...tables.flatMap((it) => childObject(it, tables)),
  ];
}

function ownTriggers(table: SoftTable): readonly TriggerSource[] {
  if (table.shape.key.length === 0)
    throw new HutchError('primary_key_missing', {
      details: `"${table.shape.label}" deletes softly, and so needs one.`,
    });
  const sources = [onDelete(table), onTreeDeleted(table), onChange(table), onInsertWithFlag(table), onCascade(table)];
  return sources.filter((it) => it !== undefined);
}

function childObject(shape: TableShape, tables: readonly TableShape[]): readonly DatabaseObject[] {
  const parents = parentsOf(shape, tables);
  if (parents.length === 0) return [];
  const own = keptColumns(shape);
  const sources = [onNewChildren(shape, parents, own), onMovedChild(shape, parents, own)];
  return [triggersObject(shape, 'living_parent', sources)];
}

function triggersObject(shape: TableShape, purpose: string, sources: readonly TriggerSource[]): DatabaseObject {
  return {
    name: `${shape.label}.${purpose}`,
    up: sources
      .map(({ trigger, body }) => `${triggerFunction(trigger.calls, body)};\n${createTrigger(shape, trigger)}`)
      .join(';\n'),
    down: sources.map(({ trigger }) => dropAll(shape, trigger)).join(';\n'),
    dependsOn: [DELETION_TIME],
  };
}
