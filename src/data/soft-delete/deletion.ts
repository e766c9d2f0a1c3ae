import { identifier, literal } from '../../db/quoting.ts';
import { functionFor } from '../table/names.ts';
import type { ForeignKeyShape } from '../table/shape.ts';
import {
  DELETION_TIME,
  deletedAt,
  differs,
  matches,
  PURGE_SETTING,
  raiseText,
  sameRow,
  type TriggerSource,
} from './clauses.ts';
import type { Deletable } from './deletable.ts';
import { type Child, cascades, type SoftTable } from './family.ts';
import { branches, withoutBranches } from './tree.ts';

/** DELETE becomes an update of the row; the row itself stays, so the statement reports no rows. */
export function onDelete(table: SoftTable): TriggerSource {
  const { shape, columns } = table;
  const at = deletedAt(columns);
  const owners = shape.parents.filter(cascades).map((key) => ownerGone(key));
  // A parent that was really deleted takes its children along; keeping one would leave a reference to nothing.
  const orphan =
    owners.length === 0 ? '' : `  IF pg_trigger_depth() > 1 AND (${owners.join(' OR ')}) THEN RETURN OLD; END IF;\n`;
  const update = `  UPDATE ${shape.sql} SET ${at} = ${DELETION_TIME}() WHERE ${sameRow(shape)} AND ${at} IS NULL;\n`;
  return {
    trigger: {
      name: 'hutch_delete',
      on: 'BEFORE DELETE',
      each: `FOR EACH ROW WHEN (current_setting(${literal(PURGE_SETTING)}, true) IS DISTINCT FROM 'on')`,
      calls: functionFor('soft_delete', shape),
    },
    body: `BEGIN
${orphan}${branches(table).length > 0 ? withoutBranches(table, update) : update}  RETURN NULL;
END`,
  };
}

function ownerGone(key: ForeignKeyShape): string {
  const filled = key.columns.map((name) => `OLD.${identifier(name)} IS NOT NULL`).join(' AND ');
  const found = matches(key.parentColumns, '', key.columns, 'OLD.');
  return `(${filled} AND NOT EXISTS (SELECT FROM ${key.parent} WHERE ${found}))`;
}

/** Any update that deletes, restores or moves a deletion: keeps both columns in step and gives the deletion its time. */
export function onChange(table: SoftTable): TriggerSource {
  const { shape, columns } = table;
  const at = deletedAt(columns);
  const refused = table.children.filter((it) => it.key.onDelete === 'restrict').map(refuseWhileReferenced);
  return {
    trigger: {
      name: 'hutch_deletion',
      on: 'BEFORE UPDATE',
      each: `FOR EACH ROW WHEN (${changed(columns)})`,
      calls: functionFor('deletion', shape),
    },
    body: `BEGIN
${columns.deleted ? inStep(at, identifier(columns.deleted.name)) : ''}  IF OLD.${at} IS NULL AND NEW.${at} IS NOT NULL THEN
    -- Waits for children that are being added, and makes later ones wait: they hold or want the row's key lock.
    PERFORM FROM ${shape.sql} WHERE ${sameRow(shape)} FOR UPDATE;
${refused.join('')}    IF pg_trigger_depth() = 1 AND NEW.${at} BETWEEN now() - interval '1 second' AND clock_timestamp() + interval '1 second' THEN
      NEW.${at} := ${DELETION_TIME}();
    END IF;
  END IF;
  RETURN NEW;
END`,
  };
}

function changed({ deletedAt, deleted }: Deletable): string {
  const columns = deleted ? [deletedAt, deleted] : [deletedAt];
  return differs(columns.map(({ name }) => identifier(name)));
}

/** Whichever of the two a statement changed leads; the time where it changed both. */
function inStep(at: string, deleted: string): string {
  return `  IF NEW.${at} IS NOT DISTINCT FROM OLD.${at} AND NEW.${deleted} IS DISTINCT FROM OLD.${deleted} THEN
    NEW.${at} := CASE WHEN NEW.${deleted} THEN coalesce(NEW.${at}, now()) END;
  END IF;
  NEW.${deleted} := NEW.${at} IS NOT NULL;
`;
}

function refuseWhileReferenced({ shape, key, columns }: Child): string {
  const living = columns ? ` AND c.${deletedAt(columns)} IS NULL` : '';
  return `    IF EXISTS (SELECT FROM ${shape.sql} c WHERE ${matches(key.columns, 'c.', key.parentColumns, 'OLD.')}${living}) THEN
      RAISE EXCEPTION 'row of "%" is still referenced from table ${raiseText(shape.name)}', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, CONSTRAINT = ${literal(key.name)};
    END IF;
`;
}

/** A row that comes in as `deleted` without a time, or with a time and not `deleted`. */
export function onInsertWithFlag({ shape, columns }: SoftTable): TriggerSource | undefined {
  if (!columns.deleted) return undefined;
  const at = deletedAt(columns);
  const deleted = identifier(columns.deleted.name);
  return {
    trigger: {
      name: 'hutch_deletion_insert',
      on: 'BEFORE INSERT',
      each: `FOR EACH ROW WHEN (NEW.${deleted} IS DISTINCT FROM (NEW.${at} IS NOT NULL))`,
      calls: functionFor('deletion_insert', shape),
    },
    body: `BEGIN
  NEW.${at} := coalesce(NEW.${at}, CASE WHEN NEW.${deleted} THEN now() END);
  NEW.${deleted} := NEW.${at} IS NOT NULL;
  RETURN NEW;
END`,
  };
}
