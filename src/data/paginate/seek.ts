import { type SQL, sql } from 'drizzle-orm';
import type { OrderKey } from './order.ts';

/** A row's place in an order: its keys as text, which loses nothing of any type. */
export type Place = readonly (string | null)[];

/**
 * The rows that come after a place, as conditions of which each is one range of an index: those who share most keys with the place come first,
 * so one after the other they are the order. Where all keys run the same way it is a single one, a comparison of rows: `(a, b) > (x, y)`;
 * else `a = x and b < y`, `a > x`.
 */
export function rangesAfter(order: readonly OrderKey[], place: Place): readonly SQL[] {
  const ranges: SQL[] = [];
  for (let start = 0; start < order.length; ) {
    const end = endOfRun(order, place, start);
    const same = order.slice(0, start).map((key, index) => isSame(key, place[index] ?? null));
    const after = rangesOfRun(order.slice(start, end), place.slice(start, end));
    ranges.unshift(...after.map((range) => sql.join([...same, range], sql` and `)));
    start = end;
  }
  return ranges;
}

/** Nulls that stand at the end are a range of their own: an index has no way to go on from the last value with "or is null". */
function rangesOfRun(order: readonly OrderKey[], place: Place): readonly SQL[] {
  const [key] = order;
  if (!key) return [];
  if (place[0] === null) return key.nullsFirst ? [sql`${key.value} is not null`] : [];
  const after = rowComparison(order, place);
  return key.nullable && !key.nullsFirst ? [after, sql`${key.value} is null`] : [after];
}

/** Keys that run the same way are compared as one row, as long as no null is in the way. */
function endOfRun(order: readonly OrderKey[], place: Place, start: number): number {
  let end = start + 1;
  while (end < order.length && comparesAsRow(order.slice(start, end + 1), place.slice(start, end + 1))) end++;
  return end;
}

/** A row comparison is never true of a null: right where nulls come before everything else, or cannot occur. */
function comparesAsRow(order: readonly OrderKey[], place: Place): boolean {
  const descending = order[0]?.descending;
  return order.every(
    (key, index) => key.descending === descending && place[index] !== null && (!key.nullable || key.nullsFirst),
  );
}

function rowComparison(order: readonly OrderKey[], place: Place): SQL {
  const keys = sql.join(
    order.map((key) => key.value),
    sql`, `,
  );
  const values = sql.join(
    order.map((key, index) => boundValue(key, place[index] ?? null)),
    sql`, `,
  );
  return order[0]?.descending ? sql`(${keys}) < (${values})` : sql`(${keys}) > (${values})`;
}

const boundValue = (key: OrderKey, value: string | null): SQL => sql`${value}::text::${sql.raw(key.type)}`;

const isSame = (key: OrderKey, value: string | null): SQL =>
  value === null ? sql`${key.value} is null` : sql`${key.value} = ${boundValue(key, value)}`;
