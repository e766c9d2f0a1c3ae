import { type SQL, sql } from 'drizzle-orm';
import { type KeysetRange, keysetRanges } from './keyset.ts';
import type { OrderKey } from './order.ts';

/** A row's place in an order: its keys as text, which loses nothing of any type. */
export type Place = readonly (string | null)[];

type PlacedKey = OrderKey & { readonly at: string | null };

/** The rows that come after a place, as conditions of which each is one range of an index; see `keysetRanges`. */
export function rangesAfter(order: readonly OrderKey[], place: Place): readonly SQL[] {
  const keys = order.map((key, index): PlacedKey => ({ ...key, at: place[index] ?? null }));
  return keysetRanges(keys).map((range) => sql.join([...range.same.map(isSame), comparisonOf(range)], sql` and `));
}

function comparisonOf({ run, is }: KeysetRange<PlacedKey>): SQL {
  if (is !== 'beyond') return sql`${run[0].value} is ${sql.raw(is)}`;
  const keys = sql.join(
    run.map((key) => key.value),
    sql`, `,
  );
  const values = sql.join(run.map(boundValue), sql`, `);
  return run[0].descending ? sql`(${keys}) < (${values})` : sql`(${keys}) > (${values})`;
}

const boundValue = ({ at, type }: PlacedKey): SQL => sql`${at}::text::${sql.raw(type)}`;

const isSame = (key: PlacedKey): SQL =>
  key.at === null ? sql`${key.value} is null` : sql`${key.value} = ${boundValue(key)}`;
