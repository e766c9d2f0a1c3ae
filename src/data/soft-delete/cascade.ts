import { functionFor } from '../table/names.ts';
import type { TableShape } from '../table/shape.ts';
import { deletedAt, differs, matches, type TriggerSource } from './clauses.ts';
import type { Deletable } from './deletable.ts';
import { type Child, cascades, type SoftTable } from './family.ts';
import { followsAtOnce } from './tree.ts';

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
      each: `FOR EACH ROW WHEN (${differs([at])})`,
      calls: functionFor('deletion_cascade', shape),
    },
    body: `BEGIN
  IF OLD.${at} IS NULL THEN
${each((it) => unlessWaiting(shape, it, `${updateChildren(it, `NEW.${at}`)} IS NULL;`))}  ELSIF NEW.${at} IS NOT NULL THEN
${each((it) => `    ${updateChildren(it, `NEW.${at}`)} = OLD.${at};\n`)}  ELSE
${each((it) => `    ${updateChildren(it, heldBy(it))} = OLD.${at};\n`)}  END IF;
  RETURN NULL;
END`,
  };
}

function unlessWaiting(parent: TableShape, child: Child, update: string): string {
  if (child.shape.sql !== parent.sql) return `    ${update}\n`;
  return `    IF ${followsAtOnce(parent)} THEN\n      ${update}\n    END IF;\n`;
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
