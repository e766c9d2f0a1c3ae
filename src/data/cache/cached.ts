import { type GetColumnData, getTableColumns, type InferSelectModel, inArray } from 'drizzle-orm';
import type { MutationOption } from 'drizzle-orm/cache/core';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { HutchError } from '../../errors/index.ts';
import type { Database } from '../database.ts';
import type { ColumnOf } from '../upsert/target.ts';
import { withCache } from './cached-session.ts';
import { DrizzleCache, nameOf, tableName, tagName } from './drizzle-cache.ts';
import type { Bus, SharedStore } from './store.ts';
import { type CacheStats, Tiers } from './tiers.ts';

export interface CacheSettings {
  /** Milliseconds a value lives at most. Default 60,000. */
  readonly ttl?: number;
  /** Put on everything cached here, so that `invalidate({ tags })` drops it. */
  readonly tags?: readonly string[];
  /** Every read of the database (default), or those with `$withCache()` only. */
  readonly reads?: 'all' | 'asked';
  /** Bytes of values kept in this process. Default 64 MB. */
  readonly memory?: number;
  /** A store behind this process's own: `redisStore(url)`. It also tells the other processes of changes. */
  readonly shared?: SharedStore;
  /** Without a shared store: how the other processes are told of changes: `notifyBus(driver)`. */
  readonly bus?: Bus;
  /** Told once when the store or the bus can't be reached (the application goes on), and once when it is back. */
  readonly onAway?: (error: unknown) => void;
  readonly onBack?: () => void;
}

export interface Cached<D extends Database> {
  /** The database, reading through the cache. */
  readonly db: D;
  /** Drops what was read from these tables, or has these tags: for writes that Drizzle did not build (raw SQL, psql). */
  invalidate(change: MutationOption): Promise<void>;
  /** Rows by the values of a column, in the order of the values; what the cache lacks is read in one statement. */
  rows<T extends PgTable, C extends ColumnOf<T>>(
    table: T,
    column: C,
    values: readonly GetColumnData<C, 'raw'>[],
  ): Promise<readonly (InferSelectModel<T> | undefined)[]>;
  stats(): CacheStats;
  /** Begins to hear what other processes change. Without it values are right within `ttl`. */
  listen(): Promise<() => Promise<void>>;
}

const DEFAULTS = { ttl: 60_000, memory: 64 * 1024 * 1024, reads: 'all', tags: [] } as const;

/**
 * Caches what is read through a Drizzle database: in this process first, in a shared store behind it. A statement that
 * writes a table drops what was read from it, once it is committed; the same read by many at once is done once. Cached
 * values are copies: changing one changes nobody else's.
 *
 * ```ts
 * const cache = cached(db, { ttl: 30_000, bus: notifyBus(driver) });
 * await cache.listen();
 * await cache.db.select().from(products);   // reads the database
 * await cache.db.select().from(products);   // does not
 * await cache.db.update(products).set({ price: 5 });
 * await cache.db.select().from(products);   // reads it again
 * const [one, two] = await cache.rows(products, products.id, [1, 2]);
 * ```
 *
 * @throws HutchError `cache_option_invalid`
 */
export function cached<D extends Database>(db: D, settings: CacheSettings = {}): Cached<D> {
  checkPositive(settings, 'ttl');
  checkPositive(settings, 'memory');
  const { tags, reads, ...tierSettings } = { ...DEFAULTS, ...settings };
  const tiers = new Tiers(tierSettings);
  const cache = new DrizzleCache(tiers, reads, tags);
  return {
    db: withCache(db, cache, tiers),
    invalidate: (change) => cache.onMutate(change),
    rows: (table, column, values) => rowsBy(db, tiers, tags, table, column, values),
    stats: () => tiers.stats(),
    listen: () => tiers.listen(),
  };
}

function checkPositive(settings: CacheSettings, field: 'ttl' | 'memory'): void {
  const value = settings[field];
  if (value === undefined || (Number.isFinite(value) && value > 0)) return;
  throw new HutchError('cache_option_invalid', { field, details: `${field} is a positive number, not ${value}` });
}

async function rowsBy<T extends PgTable>(
  db: Database,
  tiers: Tiers,
  tags: readonly string[],
  table: T,
  column: PgColumn,
  values: readonly unknown[],
): Promise<readonly (InferSelectModel<T> | undefined)[]> {
  const names = [tableName(nameOf(table)), ...tags.map(tagName)];
  const distinct = [...new Set(values)];
  const keyOf = (value: unknown) => `row:${nameOf(table)}:${column.name}:${typeof value}:${String(value)}`;
  const lookups = await tiers.getMany(distinct.map(keyOf), names);
  const found = new Map<unknown, unknown>();
  const absent: unknown[] = [];
  for (const [index, value] of distinct.entries()) {
    const lookup = lookups[index];
    if (lookup && 'value' in lookup) found.set(value, lookup.value);
    else absent.push(value);
  }
  const read = absent.length > 0 ? await readBy(db, table, column, absent) : new Map<unknown, unknown>();
  for (const [index, value] of distinct.entries()) {
    const lookup = lookups[index];
    if (!lookup || 'value' in lookup) continue;
    found.set(value, read.get(value));
    await tiers.put(keyOf(value), read.get(value), lookup.miss);
  }
  // Read as whole rows of T, now or when they were cached.
  return values.map((value) => found.get(value) as InferSelectModel<T> | undefined);
}

async function readBy(
  db: Database,
  table: PgTable,
  column: PgColumn,
  values: unknown[],
): Promise<Map<unknown, unknown>> {
  const fields = getTableColumns(table);
  const key = Object.entries(fields).find(([, it]) => it === column)?.[0] ?? column.name;
  const rows: Record<string, unknown>[] = await db.select(fields).from(table).where(inArray(column, values));
  return new Map(rows.map((row) => [row[key], row]));
}
