import type { ForeignKeyShape, TableShape } from '../table/shape.ts';
import { type Deletable, deletableOf, isKept } from './deletable.ts';

/** A table whose rows are deleted softly, and what its deletions touch. */
export interface SoftTable {
  readonly shape: TableShape;
  readonly columns: Deletable;
  /** Foreign keys that lead to it. */
  readonly children: readonly Child[];
  /** Its own foreign keys that lead to tables of this kind. */
  readonly parents: readonly Parent[];
}

export interface Child {
  readonly shape: TableShape;
  readonly key: ForeignKeyShape;
  /** Undefined where the child's rows are deleted for good. */
  readonly columns: Deletable | undefined;
  /** The other parents whose deletion takes the child along. */
  readonly otherOwners: readonly Parent[];
}

export interface Parent {
  readonly key: ForeignKeyShape;
  readonly columns: Deletable;
}

/**
 * `set null` and `set default` say that the child goes on without its parent: it may also refer to a deleted one. Every other
 * key says that it can't, and then a deleted parent takes no new children, as one that is gone wouldn't.
 */
const needsParent = (key: ForeignKeyShape): boolean => !key.onDelete.startsWith('set');

export const cascades = (key: ForeignKeyShape): boolean => key.onDelete === 'cascade';

/** The softly deleted tables among these, each with its family. */
export function softTablesOf(tables: readonly TableShape[]): readonly SoftTable[] {
  return tables.flatMap((shape) => {
    const columns = keptColumns(shape);
    return columns ? [{ shape, columns, children: childrenOf(shape, tables), parents: parentsOf(shape, tables) }] : [];
  });
}

export const keptColumns = (shape: TableShape): Deletable | undefined =>
  isKept(shape.table) ? deletableOf(shape.table) : undefined;

/** The parents that this table's rows can't do without and that are deleted softly. */
export function parentsOf(child: TableShape, tables: readonly TableShape[]): readonly Parent[] {
  return child.parents.filter(needsParent).flatMap((key) => {
    const parent = tables.find((it) => it.sql === key.parent);
    const columns = parent && keptColumns(parent);
    return columns ? [{ key, columns }] : [];
  });
}

function childrenOf(parent: TableShape, tables: readonly TableShape[]): readonly Child[] {
  return tables.flatMap((shape) => {
    const owners = parentsOf(shape, tables).filter((it) => cascades(it.key));
    return shape.parents
      .filter((key) => key.parent === parent.sql)
      .map((key) => ({
        shape,
        key,
        columns: keptColumns(shape),
        otherOwners: owners.filter((it) => it.key !== key),
      }));
  });
}
