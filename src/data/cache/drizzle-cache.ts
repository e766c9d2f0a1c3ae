import { is, Table } from 'drizzle-orm';
import { Cache, type MutationOption } from 'drizzle-orm/cache/core';
import type { CacheConfig } from 'drizzle-orm/cache/core/types';
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import { Flights } from './flights.ts';
import type { Miss, Tiers } from './tiers.ts';

/** Names under which values are tied to what they were read from. */
export const tableName = (table: string): string => `table:${table}`;
export const tagName = (tag: string): string => `tag:${tag}`;

/** As Drizzle names the tables of a statement. */
export function nameOf(table: PgTable): string {
  const { schema, name } = getTableConfig(table);
  return schema ? `${schema}.${name}` : name;
}

/** The tiers behind Drizzle's own cache interface, as both of its lines have it. */
export class DrizzleCache extends Cache {
  readonly flights = new Flights();
  readonly #misses = new Map<string, Miss>();

  constructor(
    private readonly tiers: Tiers,
    private readonly reads: 'all' | 'asked',
    private readonly tags: readonly string[],
  ) {
    super();
  }

  override strategy(): 'all' | 'explicit' {
    return this.reads === 'all' ? 'all' : 'explicit';
  }

  override async get(
    key: string,
    tables: string[],
    isTag: boolean,
    autoInvalidate = true,
  ): Promise<unknown[] | undefined> {
    const names = this.#names(key, autoInvalidate ? tables : [], isTag);
    const first = await this.tiers.get(key, names);
    if ('value' in first) return rowsIn(first.value);
    if (!(await this.flights.takeOff(key))) return rowsIn(this.tiers.kept(key));
    this.#misses.set(key, first.miss);
    return undefined;
  }

  override async put(
    key: string,
    response: unknown,
    _tables: string[],
    _isTag: boolean,
    config?: CacheConfig,
  ): Promise<void> {
    const miss = this.#misses.get(key);
    this.#misses.delete(key);
    if (!miss) return;
    // Drivers hang their own fields on the array of rows; only the rows are kept.
    const rows = Array.isArray(response) ? [...response] : response;
    await this.tiers.put(key, rows, miss, lifetimeOf(config));
  }

  override async onMutate(change: MutationOption): Promise<void> {
    await this.tiers.invalidate(changedNames(change));
  }

  #names(key: string, tables: readonly string[], isTag: boolean): readonly string[] {
    const tags = isTag ? [...this.tags, key] : this.tags;
    return [...tables.map(tableName), ...tags.map(tagName)];
  }
}

/**
 * In a transaction nothing comes from the cache and nothing goes in, for it sees what is not committed; what it changes is
 * told once it is.
 */
export class TransactionCache extends Cache {
  readonly #changed = new Set<string>();

  override strategy(): 'explicit' {
    return 'explicit';
  }

  override async get(): Promise<undefined> {}

  override async put(): Promise<void> {}

  override async onMutate(change: MutationOption): Promise<void> {
    for (const name of changedNames(change)) this.#changed.add(name);
  }

  get changed(): readonly string[] {
    return [...this.#changed];
  }
}

export function changedNames({ tables, tags }: MutationOption): readonly string[] {
  const names = listOf(tables).map((table) => tableName(typeof table === 'string' ? table : nameOf(pgTable(table))));
  return [...names, ...listOf(tags).map(tagName)];
}

const listOf = <T>(items: T | readonly T[] | undefined): readonly T[] =>
  items === undefined ? [] : isList(items) ? items : [items];

const isList = <T>(items: T | readonly T[]): items is readonly T[] => Array.isArray(items);

/** Drizzle declares any table here; all of a Postgres database are Postgres's. */
function pgTable(table: unknown): PgTable {
  if (is(table, Table)) return table as PgTable;
  throw new TypeError('Not a table');
}

const rowsIn = (value: unknown): unknown[] | undefined => (Array.isArray(value) ? value : undefined);

function lifetimeOf(config: CacheConfig | undefined): number | undefined {
  if (config?.px !== undefined) return config.px;
  if (config?.ex !== undefined) return config.ex * 1_000;
  if (config?.pxat !== undefined) return Math.max(1, config.pxat - Date.now());
  return config?.exat === undefined ? undefined : Math.max(1, config.exat * 1_000 - Date.now());
}
