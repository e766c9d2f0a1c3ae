import { LRUCache } from 'lru-cache';
import { type Entry, entryOf, type Generations, pack, unpack, valueIn } from './entry.ts';
import type { Bus, SharedStore } from './store.ts';

export interface TierSettings {
  /** Milliseconds a value lives at most. */
  readonly ttl: number;
  /** Bytes of values kept in this process. */
  readonly memory: number;
  readonly shared?: SharedStore;
  readonly bus?: Bus;
  /** Told once when the shared store or the bus can't be reached, and once when it can again. */
  readonly onAway?: (error: unknown) => void;
  readonly onBack?: () => void;
}

export interface CacheStats {
  readonly hits: number;
  /** Of the hits, those that the shared store had. */
  readonly sharedHits: number;
  readonly misses: number;
  /** Hits of all reads, 0 to 1. */
  readonly rate: number;
  readonly entries: number;
  /** Bytes of values in this process. */
  readonly memory: number;
  readonly invalidations: number;
  /** Whether the shared store is being done without. */
  readonly away: boolean;
}

/** Milliseconds that the shared store has for an answer: above it, the database would have been faster. */
const PATIENCE = 1_000;
/** Milliseconds without another try once the shared store has failed. */
const AWAY = 2_000;

/** No table's name or tag, but what every value depends on. */
const ANYTHING = '';

/** What a read that missed has seen, so that its value is only kept if nothing has changed since. */
export interface Miss {
  readonly local: Generations;
  readonly shared: Generations | undefined;
}

export type Lookup = { readonly value: unknown } | { readonly miss: Miss };

/**
 * Values by key: this process's first, a shared store's behind it. Each value remembers how often what it was read from
 * (tables, tags: names) had changed; one change and it no longer counts. A value whose reading began before a change and
 * ended after it is never kept.
 */
export class Tiers {
  readonly #local: LRUCache<string, Entry>;
  readonly #generations = new Map<string, number>();
  /** Changes that the others could not be told of. */
  readonly #untold = new Set<string>();
  #awayUntil = 0;
  #away = false;
  #hits = 0;
  #sharedHits = 0;
  #misses = 0;
  #invalidations = 0;

  constructor(private readonly settings: TierSettings) {
    this.#local = new LRUCache({
      maxSize: settings.memory,
      sizeCalculation: ({ bytes }) => bytes.byteLength + 1,
      ttl: settings.ttl,
    });
  }

  async get(key: string, names: readonly string[]): Promise<Lookup> {
    const [lookup] = await this.getMany([key], names);
    return lookup ?? { miss: { local: this.#now(names), shared: undefined } };
  }

  /** In one round trip for all that this process does not have. */
  async getMany(keys: readonly string[], names: readonly string[]): Promise<readonly Lookup[]> {
    const local = this.#now(names);
    const found = keys.map((key) => this.#localValue(key));
    const absent = keys.filter((_, index) => !found[index]);
    const shared = absent.length > 0 ? await this.#sharedValues(absent, names, local) : undefined;
    return keys.map((key, index) => {
      const lookup = found[index] ?? shared?.values.get(key) ?? { miss: { local, shared: shared?.counters } };
      if ('value' in lookup) this.#hits++;
      else this.#misses++;
      return lookup;
    });
  }

  /** What this process has by now, for those who waited for another's reading; their own read is counted already. */
  kept(key: string): unknown {
    const found = this.#localValue(key);
    return found && 'value' in found ? found.value : undefined;
  }

  #localValue(key: string): Lookup | undefined {
    const entry = this.#local.get(key);
    if (!entry) return undefined;
    if (this.#isCurrent(entry.generations)) return { value: valueIn(entry) };
    this.#local.delete(key);
    return undefined;
  }

  async #sharedValues(keys: readonly string[], names: readonly string[], local: Generations) {
    const read = await this.#reach(async ({ shared }) => shared?.read(keys, names));
    if (!read) return undefined;
    const counters = new Map(names.map((name, index) => [name, read.counters[index] ?? 0]));
    const values = new Map<string, Lookup>();
    for (const [index, key] of keys.entries()) {
      const packed = read.values[index];
      const entry = packed ? unpack(packed) : undefined;
      if (!entry || !same(entry.generations, counters)) continue;
      if (this.#isCurrent(local)) this.#local.set(key, { bytes: entry.bytes, generations: local });
      values.set(key, { value: valueIn(entry) });
      this.#sharedHits++;
    }
    return { counters, values };
  }

  async put(key: string, value: unknown, { local, shared }: Miss, ttl = this.settings.ttl): Promise<void> {
    if (!this.#isCurrent(local)) return;
    const entry = entryOf(value, local);
    this.#local.set(key, entry, { ttl });
    if (!shared) return;
    await this.#reach(({ shared: store }) => store?.write(key, pack({ bytes: entry.bytes, generations: shared }), ttl));
  }

  /** What was read from these is no longer true. */
  async invalidate(names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    this.heard(names);
    for (const name of names) this.#untold.add(name);
    await this.#reach(() => undefined);
  }

  /** Another process says so. */
  heard(names: readonly string[]): void {
    this.#invalidations++;
    for (const name of names) this.#generations.set(name, (this.#generations.get(name) ?? 0) + 1);
  }

  /** Begins to hear the other processes; gives the way to stop. */
  async listen(): Promise<() => Promise<void>> {
    const { shared, bus } = this.settings;
    const heard = (names: readonly string[]) => this.heard(names);
    try {
      const stop = await (shared ?? bus)?.subscribe(heard, () => this.#doubtAll());
      if (stop !== undefined) return stop;
    } catch (error) {
      this.#lose(error);
    }
    return async () => undefined;
  }

  stats(): CacheStats {
    const reads = this.#hits + this.#misses;
    return {
      hits: this.#hits,
      sharedHits: this.#sharedHits,
      misses: this.#misses,
      rate: reads === 0 ? 0 : this.#hits / reads,
      entries: this.#local.size,
      memory: this.#local.calculatedSize,
      invalidations: this.#invalidations,
      away: this.#away,
    };
  }

  #now(names: readonly string[]): Generations {
    return new Map([...names, ANYTHING].map((name) => [name, this.#generations.get(name) ?? 0]));
  }

  /** News may have been missed: nothing that this process kept, or is reading just now, counts any more. */
  #doubtAll(): void {
    this.#local.clear();
    this.heard([ANYTHING]);
  }

  #isCurrent(generations: Generations): boolean {
    for (const [name, generation] of generations) if ((this.#generations.get(name) ?? 0) !== generation) return false;
    return true;
  }

  /**
   * Speaks to the others, after telling them what they don't know yet. A failure is told once, and then nobody is bothered
   * for a while; the first success afterwards drops what this process kept, for it may have missed news.
   */
  async #reach<T>(work: (settings: TierSettings) => Promise<T> | T | undefined): Promise<T | undefined> {
    const others = this.settings.shared ?? this.settings.bus;
    if (!others || performance.now() < this.#awayUntil) return undefined;
    try {
      const result = await within(PATIENCE, async () => {
        await this.#tell();
        return work(this.settings);
      });
      this.#back();
      return result;
    } catch (error) {
      this.#lose(error);
      return undefined;
    }
  }

  #lose(error: unknown): void {
    this.#awayUntil = performance.now() + AWAY;
    if (!this.#away) this.settings.onAway?.(error);
    this.#away = true;
  }

  async #tell(): Promise<void> {
    const names = [...this.#untold];
    if (names.length === 0) return;
    const { shared, bus } = this.settings;
    await (shared ? shared.bump(names) : bus?.publish(names));
    for (const name of names) this.#untold.delete(name);
  }

  #back(): void {
    if (!this.#away) return;
    this.#away = false;
    this.#doubtAll();
    this.settings.onBack?.();
  }
}

async function within<T>(limit: number, work: () => Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`No answer within ${limit} ms`)), limit);
  try {
    return await Promise.race([work(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

const same = (a: Generations, b: Generations): boolean =>
  a.size === b.size && [...a].every(([name, generation]) => b.get(name) === generation);
