import { type Catalog, findTable, type Table } from '../../catalog/index.ts';
import { noSoftDelete } from '../errors/extension-errors.ts';
import type { Preferences } from '../parse/types.ts';
import { type Draft, nodes } from './draft.ts';
import { isNull, unknownField } from './resolve.ts';
import type { Condition, MarkPlan } from './types.ts';

/**
 * Hides the softly deleted rows of every node, so also in embeds and counts. `deleted=include` shows all; `deleted=only`
 * shows the root's deleted rows, with whatever belongs to them. What a mutation has just changed is shown as it is.
 */
export function hideDeleted(catalog: Catalog, root: Draft, { deleted }: Preferences, rootRows: boolean): void {
  const table = findTable(catalog, root.table);
  if (deleted === 'only' && table?.softDelete == null) throw noSoftDelete(root.table.name, 'deleted=only');
  for (const node of nodes(root)) {
    if (node === root && !rootRows) continue;
    const own = node === root ? deleted : deleted === 'only' ? 'include' : deleted;
    node.where = [...node.where, ...visibility(findTable(catalog, node.table), own)];
  }
}

/** The condition that makes a table's rows visible under a preference; none where all are. */
export function visibility(table: Table | undefined, deleted: Preferences['deleted']): readonly Condition[] {
  if (table?.softDelete == null || deleted === 'include') return [];
  return [isNull(unknownField(table.softDelete.column), deleted === 'only')];
}

/** What DELETE does to a table: mark its rows, bring them back, or remove them for good. */
export function deletionOf(table: Table, { delete: wanted }: Preferences): 'mark' | 'restore' | 'remove' {
  if (table.softDelete === null) {
    if (wanted !== null) throw noSoftDelete(table.name, `delete=${wanted}`);
    return 'remove';
  }
  if (wanted === 'purge') return 'remove';
  return wanted === 'restore' ? 'restore' : 'mark';
}

/** Which rows a DELETE may touch: the living ones; to restore or purge, the deleted ones, unless told otherwise. */
export function deletableRows(table: Table, { delete: wanted, deleted }: Preferences): readonly Condition[] {
  const scope = deleted ?? (wanted === 'restore' || wanted === 'purge' ? 'only' : null);
  return visibility(table, scope);
}

/** The columns that tell a row is deleted, with what they are set to. */
export function markColumns(table: Table, deleted: boolean): MarkPlan['set'] {
  if (table.softDelete === null) return [];
  const { column, flag } = table.softDelete;
  const mark = { column, to: deleted ? ('now' as const) : ('null' as const) };
  return flag === null ? [mark] : [mark, { column: flag, to: deleted ? 'true' : 'false' }];
}
