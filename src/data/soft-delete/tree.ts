import { literal } from '../../db/quoting.ts';
import { functionFor } from '../table/names.ts';
import type { TableShape } from '../table/shape.ts';
import { deletedAt, matches, type TriggerSource } from './clauses.ts';
import { type Child, cascades, type SoftTable } from './family.ts';

/** Children in the same table: those of a tree. */
export const branches = ({ shape, children }: SoftTable): readonly Child[] =>
  children.filter((it) => it.shape.sql === shape.sql && cascades(it.key));

/** Names the tree whose branches wait for the end of a DELETE. */
const TREE_SETTING = 'hutch.tree';

/** Whether branches follow their parent at once. */
export const followsAtOnce = (shape: TableShape): string =>
  `current_setting(${literal(TREE_SETTING)}, true) IS DISTINCT FROM ${literal(`deleting ${shape.label}`)}`;

const setTree = (value: string): string => `PERFORM set_config(${literal(TREE_SETTING)}, ${literal(value)}, true);`;

/**
 * A DELETE may not touch rows, by a cascade, that it will come to itself (SQLSTATE 27000). So in a tree the branches wait for
 * the end of the statement.
 */
export function withoutBranches(table: SoftTable, update: string): string {
  const { shape, columns } = table;
  const living = branches(table).map(
    ({ key }) =>
      `EXISTS (SELECT FROM ${shape.sql} c WHERE ${matches(key.columns, 'c.', key.parentColumns, 'OLD.')} AND c.${deletedAt(columns)} IS NULL)`,
  );
  return `  ${setTree(`deleting ${shape.label}`)}
${update}  ${setTree('')}
  IF ${living.join(' OR ')} THEN
    PERFORM set_config(${literal(PENDING_SETTING)}, ${literal(shape.label)}, true);
  END IF;
`;
}

const PENDING_SETTING = 'hutch.tree_pending';

/** The end of a DELETE that left branches waiting. */
export function onTreeDeleted(table: SoftTable): TriggerSource | undefined {
  const { shape, columns } = table;
  const at = deletedAt(columns);
  if (branches(table).length === 0) return undefined;
  const updates = branches(table).map(
    ({ key }) => `  UPDATE ${shape.sql} AS c SET ${at} = p.${at} FROM ${shape.sql} p
  WHERE ${matches(key.columns, 'c.', key.parentColumns, 'p.')} AND p.${at} IS NOT NULL AND c.${at} IS NULL;
`,
  );
  return {
    trigger: {
      name: 'hutch_delete_tree',
      on: 'AFTER DELETE',
      each: `FOR EACH STATEMENT WHEN (current_setting(${literal(PENDING_SETTING)}, true) = ${literal(shape.label)})`,
      calls: functionFor('soft_delete_tree', shape),
    },
    body: `BEGIN
  PERFORM set_config(${literal(PENDING_SETTING)}, '', true);
${updates.join('')}  RETURN NULL;
END`,
  };
}
