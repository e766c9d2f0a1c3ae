import { functionFor, identifier, literal } from '../objects/names.ts';
import type { ForeignKeyShape, TableShape } from '../objects/shape.ts';
import type { TriggerText } from '../objects/trigger.ts';
import type { Deletable } from './deletable.ts';
import { type Child, cascades, type Parent, type SoftTable } from './family.ts';

/** A trigger with the function it calls. */
export interface TriggerSource {
  readonly trigger: TriggerText;
  readonly body: string;
}

/** While this setting is on in a transaction, DELETE deletes for good. */
export const PURGE_SETTING = 'hutch.purge';

/** Makes a deletion's time, which is also its identity: see `deletionTime` in objects.ts. */
export const DELETION_TIME = 'hutch.deletion_time';

const deletedAt = (columns: Deletable): string => identifier(columns.deletedAt.name);

/** `c.ticket_id = NEW.id AND …` */
function matches(columns: readonly string[], left: string, others: readonly string[], right: string): string {
  const pairs = columns.map(
    (name, index) => `${left}${identifier(name)} = ${right}${identifier(others[index] ?? name)}`,
  );
  return pairs.join(' AND ');
}

const sameRow = (shape: TableShape): string => matches(shape.key, '', shape.key, 'OLD.');

/** DELETE becomes an update of the row; the row itself stays, so the statement reports no rows. */
export function onDelete({ shape, columns }: SoftTable): TriggerSource {
  const at = deletedAt(columns);
  const owners = shape.parents.filter(cascades).map((key) => ownerGone(key));
  // A parent that was really deleted takes its children along; keeping one would leave a reference to nothing.
  const orphan =
    owners.length === 0 ? '' : `  IF pg_trigger_depth() > 1 AND (${owners.join(' OR ')}) THEN RETURN OLD; END IF;\n`;
  return {
    trigger: {
      name: 'hutch_delete',
      on: 'BEFORE DELETE',
      each: `FOR EACH ROW WHEN (current_setting(${literal(PURGE_SETTING)}, true) IS DISTINCT FROM 'on')`,
      calls: functionFor('soft_delete', shape),
    },
    body: `BEGIN
${orphan}  UPDATE ${shape.sql} SET ${at} = ${DELETION_TIME}() WHERE ${sameRow(shape)} AND ${at} IS NULL;
  RETURN NULL;
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
  return columns.map(({ name }) => `OLD.${identifier(name)} IS DISTINCT FROM NEW.${identifier(name)}`).join(' OR ');
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
      RAISE EXCEPTION 'row of "%" is still referenced from table ${text(shape.name)}', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, CONSTRAINT = ${literal(key.name)};
    END IF;
`;
}

/** A name inside a quoted RAISE format. */
const text = (name: string): string => identifier(name).replaceAll("'", "''").replaceAll('%', '%%');

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

/** Children follow along foreign keys that say cascade, and come back with the parent that took them. */
export function onCascade({ shape, columns, children }: SoftTable): TriggerSource | undefined {
  const followers = children.flatMap((it) => (cascades(it.key) && it.columns ? [{ ...it, columns: it.columns }] : []));
  if (followers.length === 0) return undefined;
  const at = deletedAt(columns);
  const each = (build: (child: Child & { columns: Deletable }) => string) => followers.map(build).join('');
  return {
    trigger: {
      name: 'hutch_deletion_cascade',
      on: 'AFTER UPDATE',
      each: `FOR EACH ROW WHEN (OLD.${at} IS DISTINCT FROM NEW.${at})`,
      calls: functionFor('deletion_cascade', shape),
    },
    body: `BEGIN
  IF OLD.${at} IS NULL THEN
${each((it) => `    ${updateChildren(it, `NEW.${at}`)} IS NULL;\n`)}  ELSIF NEW.${at} IS NOT NULL THEN
${each((it) => `    ${updateChildren(it, `NEW.${at}`)} = OLD.${at};\n`)}  ELSE
${each((it) => `    ${updateChildren(it, heldBy(it))} = OLD.${at};\n`)}  END IF;
  RETURN NULL;
END`,
  };
}

/** Up to its last condition, which the caller completes. */
function updateChildren({ shape, key, columns }: Child & { columns: Deletable }, value: string): string {
  const at = deletedAt(columns);
  return `UPDATE ${shape.sql} AS c SET ${at} = ${value} WHERE ${matches(key.columns, 'c.', key.parentColumns, 'NEW.')} AND c.${at}`;
}

/** A child with another deleted parent isn't restored, but handed over to that parent's deletion. */
function heldBy({ otherOwners }: Child): string {
  if (otherOwners.length === 0) return 'NULL';
  const times = otherOwners.map(({ key, columns }) => {
    const found = matches(key.parentColumns, 'p.', key.columns, 'c.');
    return `(SELECT p.${deletedAt(columns)} FROM ${key.parent} p WHERE ${found})`;
  });
  return `coalesce(${times.join(', ')})`;
}

/**
 * New rows of a child table, checked together at the end of the statement. By then the foreign keys' own checks have locked
 * the parents' keys, so a deletion that runs at the same time has either been waited for or is waiting for us.
 */
export function onNewChildren(
  shape: TableShape,
  parents: readonly Parent[],
  own: Deletable | undefined,
): TriggerSource {
  const living = own ? ` AND c.${deletedAt(own)} IS NULL` : '';
  const checks = parents.map(({ key, columns }) => {
    const found = `SELECT FROM hutch_new c JOIN ${key.parent} p ON ${matches(key.parentColumns, 'p.', key.columns, 'c.')}`;
    return `  IF EXISTS (${found} WHERE p.${deletedAt(columns)} IS NOT NULL${living}) THEN
${refuseChild(key)}
  END IF;
`;
  });
  return {
    trigger: {
      name: 'hutch_living_parent_insert',
      on: 'AFTER INSERT',
      each: 'REFERENCING NEW TABLE AS hutch_new FOR EACH STATEMENT',
      calls: functionFor('living_parent_insert', shape),
    },
    body: `BEGIN\n${checks.join('')}  RETURN NULL;\nEND`,
  };
}

/** A child that moves to another parent, or is restored by itself. */
export function onMovedChild(shape: TableShape, parents: readonly Parent[], own: Deletable | undefined): TriggerSource {
  const at = own && deletedAt(own);
  const moved = [...new Set(parents.flatMap((it) => it.key.columns))].map(
    (name) => `OLD.${identifier(name)} IS DISTINCT FROM NEW.${identifier(name)}`,
  );
  if (at) moved.push(`(OLD.${at} IS NOT NULL AND NEW.${at} IS NULL)`);
  const checks = parents.map(({ key, columns }) => {
    const found = matches(key.parentColumns, 'p.', key.columns, 'NEW.');
    return `  IF EXISTS (SELECT FROM ${key.parent} p WHERE ${found} AND p.${deletedAt(columns)} IS NOT NULL) THEN
${refuseChild(key)}
  END IF;
`;
  });
  return {
    trigger: {
      name: 'hutch_living_parent_update',
      on: 'AFTER UPDATE',
      each: `FOR EACH ROW WHEN (${at ? `NEW.${at} IS NULL AND (${moved.join(' OR ')})` : moved.join(' OR ')})`,
      calls: functionFor('living_parent_update', shape),
    },
    body: `BEGIN\n${checks.join('')}  RETURN NULL;\nEND`,
  };
}

/** As Postgres would say it of a parent that is gone. */
function refuseChild(key: ForeignKeyShape): string {
  return `    RAISE EXCEPTION 'insert or update on table "%" violates foreign key constraint ${text(key.name)}: the parent row is deleted', TG_TABLE_NAME
      USING ERRCODE = 'foreign_key_violation', HINT = 'Restore the parent row first.',
        SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, CONSTRAINT = ${literal(key.name)};`;
}
