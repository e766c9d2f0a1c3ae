import type { DatabaseObject } from '../../db/object.ts';
import { hutchSchema } from '../table/hutch-schema.ts';
import type { TableShape } from '../table/shape.ts';
import { createTrigger, dropFunction, dropTrigger, type TriggerText } from '../table/trigger.ts';
import { claimText } from './claims.ts';
import { type ColumnMark, markOf } from './mark.ts';

/** Triggers see only updates that change something: saving a row unchanged leaves its time and its actor alone. */
const CHANGED = 'FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)';

const TOUCH = 'hutch.touch_updated_at';
const KEEP_ACTOR = 'hutch.keep_actor';

/**
 * The clock and not the transaction's time: two updates in one transaction are two versions, and a test that runs inside one
 * transaction sees the time move.
 */
const touchFunction: DatabaseObject = {
  name: TOUCH,
  up: `CREATE OR REPLACE FUNCTION ${TOUCH}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := clock_timestamp();
  RETURN NEW;
END $$`,
  down: dropFunction(TOUCH),
  dependsOn: [hutchSchema.name],
};

/** Whoever is signed in is the actor, whatever the statement says; without claims the statement may say it. */
const actorFunction: DatabaseObject = {
  name: KEEP_ACTOR,
  up: `CREATE OR REPLACE FUNCTION ${KEEP_ACTOR}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  actor text := ${claimText('sub')};
BEGIN
  IF actor IS NULL THEN RETURN NEW; END IF;
  IF TG_OP = 'INSERT' THEN NEW.created_by := actor; ELSE NEW.created_by := OLD.created_by; END IF;
  NEW.updated_by := actor;
  RETURN NEW;
END $$`,
  down: dropFunction(KEEP_ACTOR),
  dependsOn: [hutchSchema.name],
};

const touchTrigger: TriggerText = { name: 'hutch_updated_at', on: 'BEFORE UPDATE', each: CHANGED, calls: TOUCH };

const actorTriggers: readonly TriggerText[] = [
  { name: 'hutch_actor_insert', on: 'BEFORE INSERT', each: 'FOR EACH ROW', calls: KEEP_ACTOR },
  { name: 'hutch_actor_update', on: 'BEFORE UPDATE', each: CHANGED, calls: KEEP_ACTOR },
];

/** What the marked columns of these tables need in the database. */
export function columnObjects(tables: readonly TableShape[]): readonly DatabaseObject[] {
  const touched = tables.filter((it) => isMarked(it, 'updatedAt', 'updated_at'));
  const acted = tables.filter(
    (it) => isMarked(it, 'createdBy', 'created_by') && isMarked(it, 'updatedBy', 'updated_by'),
  );
  return [
    ...(touched.length > 0 ? [touchFunction] : []),
    ...(acted.length > 0 ? [actorFunction] : []),
    ...touched.map((it) => triggerObject(it, 'updated_at', [touchTrigger])),
    ...acted.map((it) => triggerObject(it, 'actor', actorTriggers)),
  ];
}

/** The shared functions name their columns, so a marked column has to keep its name in the database. */
function isMarked(table: TableShape, kind: ColumnMark['kind'], name: string): boolean {
  return table.columns.some((it) => it.name === name && markOf(it)?.kind === kind);
}

function triggerObject(table: TableShape, purpose: string, triggers: readonly TriggerText[]): DatabaseObject {
  return {
    name: `${table.label}.${purpose}`,
    up: triggers.map((it) => createTrigger(table, it)).join(';\n'),
    down: triggers.map((it) => dropTrigger(table, it.name)).join(';\n'),
    dependsOn: [...new Set(triggers.map((it) => it.calls))],
  };
}
