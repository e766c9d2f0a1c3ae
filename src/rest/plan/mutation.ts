import type { Catalog, Table } from '../../catalog/index.ts';
import { putFilters } from '../errors/request-errors.ts';
import { noColumn } from '../errors/schema-errors.ts';
import type { ApiRequest, Mutation } from '../parse/types.ts';
import { isObjectText } from './body.ts';
import type { Draft } from './draft.ts';
import { planMerges } from './merge-patch.ts';
import { neededColumns } from './needed-columns.ts';
import { sameLiteral } from './read.ts';
import { bodyField, columnField, resolveFilter, resolveLogic } from './resolve.ts';
import { deletableRows, deletionOf, markColumns, visibility } from './soft-delete.ts';
import type { Condition, DeletePlan, Field, InsertPlan, MarkPlan, MutationPlan, Qualified } from './types.ts';

export function planMutation(
  catalog: Catalog,
  request: ApiRequest,
  table: Table,
  mutation: Mutation,
  root: Draft,
): MutationPlan {
  const wanted = request.preferences.return === 'representation' || request.preferences.return === 'headers-only';
  const returning = wanted ? neededColumns(root, table.primaryKey) : [];
  switch (mutation) {
    case 'insert':
    case 'upsert':
      return planInsert(catalog, request, table, mutation, returning);
    case 'update':
      return {
        kind: 'update',
        table: named(table),
        ...payload(catalog, request, table),
        merges: planMerges(request, table),
        where: [...rootConditions(catalog, request, table), ...visibility(table, request.preferences.deleted)],
        returning,
        defaults: request.preferences.missing === 'default',
      };
    case 'delete':
      return planDelete(catalog, request, table, returning);
  }
}

const named = ({ schema, name }: Table): Qualified => ({ schema, name });

/** On a table with soft delete DELETE marks rows; with `delete=purge` it is what its name says. */
function planDelete(
  catalog: Catalog,
  request: ApiRequest,
  table: Table,
  returning: readonly string[],
): DeletePlan | MarkPlan {
  const deletion = deletionOf(table, request.preferences);
  const where = [...rootConditions(catalog, request, table), ...deletableRows(table, request.preferences)];
  if (deletion === 'remove') return { kind: 'delete', table: named(table), where, returning };
  return { kind: 'mark', table: named(table), set: markColumns(table, deletion === 'mark'), where, returning };
}

function planInsert(
  catalog: Catalog,
  request: ApiRequest,
  table: Table,
  mutation: 'insert' | 'upsert',
  returning: readonly string[],
): InsertPlan {
  const { resolution, missing } = request.preferences;
  const isPut = mutation === 'upsert';
  if (isPut) checkPut(request, table);
  const columns = isPut ? table.primaryKey : (request.onConflict ?? table.primaryKey);
  const merge = isPut || resolution === 'merge-duplicates';
  return {
    kind: 'insert',
    table: named(table),
    ...payload(catalog, request, table),
    conflict: isPut || resolution !== null ? { merge, columns, ...onConflict(request, table, columns) } : null,
    countInserted: merge,
    put: isPut ? rootConditions(catalog, request, table) : [],
    returning,
    keys: table.primaryKey,
    defaults: !isPut && missing === 'default',
  };
}

/**
 * What a conflict means beyond the dialect. A unique index over some rows only (those alive, say) is named by its predicate
 * too, where no index over all rows has these columns. An upsert onto a deleted row revives it, unless it says otherwise.
 */
function onConflict(
  request: ApiRequest,
  table: Table,
  columns: readonly string[],
): { readonly where: string | null; readonly revive: MarkPlan['set'] } {
  const same = (names: readonly string[]) => names.length === columns.length && names.every((n) => columns.includes(n));
  const indexes = table.uniques.filter((unique) => same(unique.columns));
  const whole = same(table.primaryKey) || indexes.some((unique) => unique.where === null);
  const where = whole ? null : (indexes[0]?.where ?? null);
  return { where, revive: markColumns(table, false).filter(({ column }) => !request.payloadColumns.includes(column)) };
}

function payload(
  catalog: Catalog,
  request: ApiRequest,
  table: Table,
): Pick<InsertPlan, 'columns' | 'body' | 'bodyIsObject'> {
  const columns = request.payloadColumns.map((name) => payloadColumn(catalog, table, name));
  return { columns, body: { from: 'body' }, bodyIsObject: isObjectText(request.payload) };
}

function payloadColumn(catalog: Catalog, table: Table, name: string): Field {
  const column = table.columns.get(name);
  if (column === undefined) throw noColumn(table.name, name);
  return bodyField(catalog, columnField(column));
}

/** PUT names one row: all columns of the key, each by `eq`, and nothing else. */
function checkPut(request: ApiRequest, table: Table): void {
  const named = new Set(request.filterNames);
  const isKey = table.primaryKey.length > 0 && named.size === table.primaryKey.length;
  const byKey = isKey && table.primaryKey.every((name) => named.has(name));
  if (!byKey || request.logic.length > 0 || !request.filters.every(isPlainEquality)) throw putFilters();
}

function isPlainEquality({ path, negated, operation }: ApiRequest['filters'][number]): boolean {
  if (path.length > 0) return true;
  return !negated && operation.kind === 'quantifiable' && operation.operator === 'eq' && operation.quantifier === null;
}

/** The filters and logic that choose the rows to change; those of embeds only shape what is shown. */
function rootConditions(catalog: Catalog, request: ApiRequest, table: Table): readonly Condition[] {
  const mine = (entry: { readonly path: readonly string[] }) => entry.path.length === 0;
  const filters = request.filters.filter(mine).map((filter) => resolveFilter(catalog, table, filter));
  const same = sameLiteral(request);
  return [...filters, ...request.logic.filter(mine).map(({ tree }) => resolveLogic(catalog, table, tree, same))];
}
