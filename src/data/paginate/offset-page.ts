import { getTableColumns } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { HutchError } from '../../errors/index.ts';
import type { Database } from '../database.ts';
import { countRows } from './count.ts';
import { orderClause, totalOrder } from './order.ts';
import { checkedLimit, type Fields, itemsOf, type ListSettings, type RowOf } from './page.ts';

export interface OffsetPageSettings<F extends Fields | undefined> extends ListSettings<F> {
  /** From 1, which is the default. */
  readonly page?: number;
  /** Rows of a page. Default 20. */
  readonly size?: number;
}

export interface OffsetPage<R> {
  readonly rows: readonly R[];
  readonly page: number;
  readonly size: number;
  /** All rows and pages, where `count` was asked for. */
  readonly count?: number;
  readonly pages?: number;
}

/** Postgres reads and drops what is skipped: pages far behind are what keyset pages are for. */
const MAX_SKIPPED = 1_000_000;

/**
 * A page by its number, for lists people jump about in. The order is total, as for `page`.
 *
 * ```ts
 * const { rows, pages } = await offsetPage(db, posts, { order: { desc: posts.createdAt }, page: 2, size: 10, count: 'exact' });
 * ```
 *
 * @throws HutchError `page_invalid` for a page or a size that can't be.
 */
export async function offsetPage<T extends PgTable, F extends Fields | undefined = undefined>(
  db: Database,
  table: T,
  settings: OffsetPageSettings<F> = {},
): Promise<OffsetPage<RowOf<T, F>>> {
  const { page = 1, where } = settings;
  const size = checkedLimit(settings.size ?? 20);
  const skipped = (page - 1) * size;
  if (!Number.isInteger(page) || page < 1 || skipped > MAX_SKIPPED) throw notAPage(page);
  const fields: Fields = settings.fields ?? getTableColumns(table);
  const rows: object[] = await db
    .select({ ...fields })
    .from(table)
    .where(where)
    .orderBy(...orderClause(totalOrder(table, itemsOf(settings.order))))
    .limit(size)
    .offset(skipped);
  const count = settings.count && (await countRows(db, table, where, settings.count));
  return {
    rows: rows as RowOf<T, F>[], // selected by the fields, whose types RowOf gives
    page,
    size,
    ...(count !== undefined && { count, pages: Math.ceil(count / size) }),
  };
}

function notAPage(page: number): HutchError {
  const hint = page > 1 ? 'Use page() with a cursor to go far.' : null;
  return new HutchError('page_invalid', { field: 'page', details: `There is no page ${page}`, hint });
}
