import { type GetColumnData, type InferSelectModel, type SQL, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { HutchError } from '../../errors/index.ts';
import type { Database } from '../database.ts';
import { sqlstateOf } from '../sqlstate.ts';
import { shapeOf } from '../table/shape.ts';
import { type CountKind, countRows } from './count.ts';
import { Cursors } from './cursor.ts';
import { type OrderItem, type OrderKey, orderClause, reversed, totalOrder } from './order.ts';
import { type Found, rowsFrom } from './rows.ts';
import type { Place } from './seek.ts';

export type Fields = Readonly<Record<string, PgColumn>>;

/** A row of the fields asked for, or the whole one. */
export type RowOf<T extends PgTable, F extends Fields | undefined> = F extends Fields
  ? { [K in keyof F]: GetColumnData<F[K]> }
  : InferSelectModel<T>;

export interface ListSettings<F extends Fields | undefined> {
  /** Default: the primary key. */
  readonly order?: OrderItem | readonly OrderItem[];
  readonly where?: SQL;
  readonly fields?: F;
  /** Also count all rows that fit `where`. */
  readonly count?: CountKind;
}

export interface PageSettings<F extends Fields | undefined> extends ListSettings<F> {
  /** Rows of a page. Default 20. */
  readonly limit?: number;
  /** A page's `next`: the rows that follow it. */
  readonly after?: string | null;
  /** A page's `previous`: the rows before it. */
  readonly before?: string | null;
  /** Signs cursors, where clients must not be able to make their own. */
  readonly secret?: string;
}

export interface Page<R> {
  readonly rows: readonly R[];
  /** Give it as `after` for the following page; null at the end. */
  readonly next: string | null;
  /** Give it as `before` for the page in front; null at the beginning. */
  readonly previous: string | null;
  readonly count?: number;
}

const DEFAULT_LIMIT = 20;
/** A page is for a person or a loop; whoever wants it all should stream it. */
export const MAX_LIMIT = 1_000;

/**
 * A page of a table by keyset: it starts at a place in the order and not at a number of rows to skip, so the last page
 * costs what the first does, and rows that come or go meanwhile neither repeat nor hide others. Any order will do, with
 * mixed directions and nulls; the primary key breaks ties.
 *
 * ```ts
 * const first = await page(db, posts, { order: [{ desc: posts.createdAt }], where: eq(posts.authorId, 7), limit: 10 });
 * const second = await page(db, posts, {
 *   order: [{ desc: posts.createdAt }], where: eq(posts.authorId, 7), limit: 10, after: first.next,
 * });
 * ```
 *
 * @throws HutchError `page_invalid` for a limit or an order that can't be, `cursor_invalid` for a damaged cursor,
 *   `cursor_mismatch` for one of another query.
 */
export async function page<T extends PgTable, F extends Fields | undefined = undefined>(
  db: Database,
  table: T,
  settings: PageSettings<F> = {},
): Promise<Page<RowOf<T, F>>> {
  const limit = checkedLimit(settings.limit ?? DEFAULT_LIMIT);
  const order = totalOrder(table, itemsOf(settings.order));
  const cursors = new Cursors(queryText(db, table, order, settings.where), settings.secret);
  const from = placeOf(settings, cursors, order);
  const direction = from?.backwards ? reversed(order) : order;
  const found = await rowsFrom(db, table, direction, limit + 1, settings, from?.place).catch(refuseForged(from));
  const more = found.length > limit;
  const kept = found.slice(0, limit);
  if (from?.backwards) kept.reverse();
  const cursorOf = (row: Found | undefined) => (row ? cursors.encode(row.place) : null);
  const count = settings.count && (await countRows(db, table, settings.where, settings.count));
  return {
    // The rows were selected by the fields, whose types RowOf gives.
    rows: kept.map(({ row }) => row as RowOf<T, F>),
    next: from?.backwards || more ? cursorOf(kept.at(-1)) : null,
    previous: (from && !from.backwards) || (from?.backwards && more) ? cursorOf(kept[0]) : null,
    ...(count !== undefined && { count }),
  };
}

export const itemsOf = (order: OrderItem | readonly OrderItem[] | undefined): readonly OrderItem[] =>
  order === undefined ? [] : isList(order) ? order : [order];

// Array.isArray does not narrow a readonly array out of a union.
const isList = (order: OrderItem | readonly OrderItem[]): order is readonly OrderItem[] => Array.isArray(order);

export function checkedLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new HutchError('page_invalid', { field: 'limit', details: `A page has 1 to ${MAX_LIMIT} rows, not ${limit}` });
}

/** What a cursor is bound to: the table, the filter with its values, and the order. */
function queryText(db: Database, table: PgTable, order: readonly OrderKey[], where: SQL | undefined): string {
  const built = db
    .select({ one: sql`1` })
    .from(table)
    .where(where)
    .orderBy(...orderClause(order))
    .toSQL();
  return JSON.stringify([shapeOf(table).sql, built.sql, built.params], (_, value) =>
    typeof value === 'bigint' ? `${value}` : value,
  );
}

function placeOf(
  { after, before }: PageSettings<Fields | undefined>,
  cursors: Cursors,
  order: readonly OrderKey[],
): { readonly place: Place; readonly backwards: boolean } | undefined {
  if (after && before)
    throw new HutchError('page_invalid', { field: 'before', details: 'Give either after or before' });
  if (after) return { place: checkedPlace(cursors.decode(after, 'after'), order, 'after'), backwards: false };
  return before
    ? { place: checkedPlace(cursors.decode(before, 'before'), order, 'before'), backwards: true }
    : undefined;
}

/** A key for each of the order, null only where one can be. */
function checkedPlace(place: unknown, order: readonly OrderKey[], field: string): Place {
  if (isPlace(place) && place.length === order.length && order.every((key, at) => key.nullable || place[at] !== null))
    return place;
  throw new HutchError('cursor_invalid', { field });
}

const isPlace = (place: unknown): place is Place =>
  Array.isArray(place) && place.every((key) => key === null || typeof key === 'string');

/** Without a secret anybody can make a cursor whose check is right; what its values can't be, Postgres tells (22…). */
const refuseForged =
  (from: { readonly backwards: boolean } | undefined) =>
  (error: unknown): never => {
    if (!from || !sqlstateOf(error)?.startsWith('22')) throw error;
    throw new HutchError('cursor_invalid', { field: from.backwards ? 'before' : 'after', cause: error });
  };
