import { type Catalog, findTable } from '../../catalog/index.ts';
import { isPageSize, reachOf } from '../parse/ranges.ts';
import type { Range as RequestedRange } from '../parse/types.ts';
import { hasAggregates } from './aggregate.ts';
import type { Draft } from './draft.ts';
import { keepsOneRow } from './page.ts';
import type { OrderTerm, Range, Value } from './types.ts';

/** The range of a level, at most `max` rows; null where all rows are wanted. */
export function planRange(range: RequestedRange, level: number, max: number | null): Range | null {
  const { limit, offset } = range;
  if (limit === null && offset === 0) return max === null ? null : mostRows(max);
  return {
    limit: planLimit(limit, level, max),
    offset: offset === 0 ? null : { from: 'offset', level },
    within: planWithin(range, max),
  };
}

/** No more rows than these. */
export const mostRows = (max: number): Range => ({ limit: fixed(max), offset: null, within: null });

function planLimit(limit: number | null, level: number, max: number | null): Value | null {
  if (limit === null) return max === null ? null : fixed(max);
  if (!isPageSize(limit)) return { from: 'limit', level, max };
  return fixed(max === null ? limit : Math.min(limit, max));
}

/** Only of what belongs to the request's shape: the plan serves all ranges of the same reach. */
function planWithin(range: RequestedRange, max: number | null): Value | null {
  const reach = reachOf(range);
  if (reach === null || (range.limit === null && max === null)) return null;
  return fixed(range.limit === null ? reach + (max ?? 0) : reach);
}

const fixed = (rows: number): Value => ({ from: 'text', text: String(rows) });

/**
 * A node's range in its statement. To be cut twice must not change which rows come: of rows that the order leaves equal a sort keeps others
 * when it is to keep more, so it is done where there is no sort, or no such rows.
 */
export function rangeOf(catalog: Catalog, draft: Draft): Range | null {
  const { range } = draft;
  if (range === null || range.within === null || hasOneOrder(catalog, draft)) return range;
  return { ...range, within: null };
}

function hasOneOrder(catalog: Catalog, draft: Draft): boolean {
  if (hasAggregates(draft) || !draft.children.every(keepsOneRow)) return false;
  return draft.order.length === 0 || (draft.from === draft.table && isTotal(catalog, draft));
}

/** The order goes by all columns of a key. A view may show a row of its table twice. */
function isTotal(catalog: Catalog, { table: name, order }: Draft): boolean {
  const table = findTable(catalog, name);
  if (table === undefined || table.isView) return false;
  const ordered = new Set(order.filter(isOwnColumn).map(({ field }) => field.name));
  const whole = table.uniques.filter(({ where }) => where === null).map(({ columns }) => columns);
  const isKey = (columns: readonly string[]) =>
    columns.length > 0 &&
    columns.every((column) => ordered.has(column) && table.columns.get(column)?.nullable === false);
  return [table.primaryKey, ...whole].some(isKey);
}

const isOwnColumn = ({ embed, field }: OrderTerm): boolean => embed === null && field.path.length === 0;
