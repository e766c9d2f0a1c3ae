import { type SQL, sql } from 'drizzle-orm';
import type { OrderKey } from './order.ts';

/** A row's place in an order: its keys as text, which loses nothing of any type. */
export type Place = readonly (string | null)[];

/**
 * The rows that come after a place. Where all keys run the same way it is a comparison of rows, `(a, b) > (x, y)`, one
 * range of an index; otherwise the first key's bound stands in front, so that an index still starts at the place.
 */
export function rowsAfter(order: readonly OrderKey[], place: Place): SQL {
  return comparesAsRow(order, place) ? rowComparison(order, place) : lexicographic(order, place);
}

/**
 * The same as several conditions, of which each is one range of an index: those who share most keys with the place come first, so one after
 * the other they are the order. A single one where all keys run the same way: `a > x`, and else `a = x and b < y`, `a > x`.
 */
export function rangesAfter(order: readonly OrderKey[], place: Place): readonly SQL[] {
  const ranges: SQL[] = [];
  for (let start = 0; start < order.length; ) {
    const end = endOfRun(order, place, start);
    const same = order.slice(0, start).map((key, index) => isSame(key, place[index] ?? null));
    ranges.unshift(sql.join([...same, rowsAfter(order.slice(start, end), place.slice(start, end))], sql` and `));
    start = end;
  }
  return ranges;
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

function lexicographic(order: readonly OrderKey[], place: Place): SQL {
  const tail = order.reduceRight<SQL | undefined>((rest, key, index) => {
    const value = place[index] ?? null;
    const after = comesAfter(key, value);
    return rest ? sql`(${after} or (${isSame(key, value)} and ${rest}))` : after;
  }, undefined);
  const [first] = order;
  const bound = first && notBefore(first, place[0] ?? null);
  return bound ? sql`(${bound} and ${tail})` : sql`(${tail})`;
}

const boundValue = (key: OrderKey, value: string | null): SQL => sql`${value}::text::${sql.raw(key.type)}`;

function comesAfter(key: OrderKey, value: string | null): SQL {
  if (value === null) return key.nullsFirst ? sql`${key.value} is not null` : sql`false`;
  const beyond = sql`${key.value} ${sql.raw(key.descending ? '<' : '>')} ${boundValue(key, value)}`;
  return key.nullable && !key.nullsFirst ? sql`(${beyond} or ${key.value} is null)` : beyond;
}

const isSame = (key: OrderKey, value: string | null): SQL =>
  value === null ? sql`${key.value} is null` : sql`${key.value} = ${boundValue(key, value)}`;

/** Implied by the rest, but this is what an index can begin with; there is none where nulls stand at the end. */
function notBefore(key: OrderKey, value: string | null): SQL | undefined {
  if (value === null || (key.nullable && !key.nullsFirst)) return undefined;
  return sql`${key.value} ${sql.raw(key.descending ? '<=' : '>=')} ${boundValue(key, value)}`;
}
