/** A key of an order, and where a row stands by it. */
export interface KeysetKey {
  readonly descending: boolean;
  readonly nullsFirst: boolean;
  readonly nullable: boolean;
  /** It can't stand in a comparison of rows. */
  readonly alone?: boolean;
  /** The row's value as text, which loses nothing of any type. */
  readonly at: string | null;
}

/** Rows that have the values of the keys `same`, and by the keys `run`, compared as one row, lie beyond it; or one key is null, or is not. */
export interface KeysetRange<K> {
  readonly same: readonly K[];
  readonly run: Run<K>;
  readonly is: 'beyond' | 'null' | 'not null';
}

type Run<K> = readonly [K, ...K[]];

/**
 * What comes after a row in a total order, as ranges of an index: those who share most keys with the row come first, so one behind the other
 * they are the order. Where all keys run the same way it is a single one, a comparison of rows: `(a, b) > (x, y)`; else `a = x and b < y`,
 * `a > x`.
 */
export function keysetRanges<K extends KeysetKey>(
  keys: readonly K[],
  same: readonly K[] = [],
): readonly KeysetRange<K>[] {
  const [first, ...others] = keys;
  if (first === undefined) return [];
  const run = runFrom(first, others);
  const nearer = keysetRanges(keys.slice(run.length), [...same, ...run]);
  return [...nearer, ...sidesOf(first).map((is) => ({ same, run, is }))];
}

/** Nulls that stand at the end are a range of their own: an index has no way to go on from the last value with "or is null". */
function sidesOf({ at, nullsFirst, nullable }: KeysetKey): readonly KeysetRange<never>['is'][] {
  if (at === null) return nullsFirst ? ['not null'] : [];
  return nullable && !nullsFirst ? ['beyond', 'null'] : ['beyond'];
}

/** Keys that run the same way are compared as one row, as long as no null is in the way. */
function runFrom<K extends KeysetKey>(first: K, others: readonly K[]): Run<K> {
  if (!inRow(first)) return [first];
  const end = others.findIndex((key) => key.descending !== first.descending || !inRow(key));
  return [first, ...others.slice(0, end < 0 ? others.length : end)];
}

/** A row comparison is never true of a null: right where nulls come before everything else, or cannot occur. */
const inRow = ({ alone, at, nullable, nullsFirst }: KeysetKey): boolean =>
  !alone && at !== null && (!nullable || nullsFirst);
