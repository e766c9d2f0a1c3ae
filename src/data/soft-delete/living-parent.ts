import { identifier, literal } from '../../db/quoting.ts';
import { functionFor } from '../table/names.ts';
import type { ForeignKeyShape, TableShape } from '../table/shape.ts';
import { deletedAt, differs, matches, raiseText, type TriggerSource } from './clauses.ts';
import type { Deletable } from './deletable.ts';
import type { Parent } from './family.ts';

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
  const moved = differs([...new Set(parents.flatMap((it) => it.key.columns))].map(identifier));
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
      each: `FOR EACH ROW WHEN (${at ? `NEW.${at} IS NULL AND (OLD.${at} IS NOT NULL OR ${moved})` : moved})`,
      calls: functionFor('living_parent_update', shape),
    },
    body: `BEGIN\n${checks.join('')}  RETURN NULL;\nEND`,
  };
}

/** As Postgres would say it of a parent that is gone. */
function refuseChild(key: ForeignKeyShape): string {
  return `    RAISE EXCEPTION 'insert or update on table "%" violates foreign key constraint ${raiseText(key.name)}: the parent row is deleted', TG_TABLE_NAME
      USING ERRCODE = 'foreign_key_violation', HINT = 'Restore the parent row first.',
        SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, CONSTRAINT = ${literal(key.name)};`;
}
