import { LRUCache } from 'lru-cache';
import type { Driver, Observation } from '../../db/driver.ts';
import { Histogram } from './histogram.ts';
import { normalise } from './normalise.ts';

/** How often, how long and with how many rows a statement ran. Times are milliseconds, without waiting for a connection. */
export interface QueryStat {
  /** The same for the same text, in every process: eight hexadecimal digits. */
  readonly id: string;
  /** Normalised: without values. */
  readonly text: string;
  readonly count: number;
  readonly errors: number;
  readonly mean: number;
  readonly p95: number;
  readonly max: number;
  /** All rows it gave or wrote. */
  readonly rows: number;
}

export interface SlowQuery {
  /** As in `QueryStat`. */
  readonly id: string;
  readonly text: string;
  readonly took: number;
  readonly waited: number;
  readonly rows: number;
  readonly label?: string;
  readonly error?: string;
}

export interface QueryStatsSettings {
  /** Milliseconds from which a statement counts as slow. Default 200. */
  readonly slow?: number;
  /** Told of each slow statement, once it has ended. */
  readonly onSlow?: (query: SlowQuery) => void;
  /** Statements kept apart; the one not seen for longest goes first. Default 500. */
  readonly limit?: number;
}

/** Characters of a statement that tell it from others; beyond it are lists that somebody's program has written. */
const LONGEST = 8_192;

/** A part of a text would keep all of it in memory. */
const copy = (text: string): string => Buffer.from(text).toString();

interface Entry {
  readonly times: Histogram;
  readonly id: string;
  rows: number;
  errors: number;
}

/**
 * Counts what a driver runs, by normalised text.
 *
 * ```ts
 * const stats = new QueryStats(driver, { slow: 100, onSlow: slowQueryLog(log) });
 * stats.slowQueries(50); // [{ text: 'select "id" from "posts" where "title" = $1', count: 12, mean: 61.5, p95: 80, … }]
 * stats.stop();
 * ```
 */
export class QueryStats {
  readonly #entries: LRUCache<string, Entry>;
  /** Texts repeat, and normalising costs more than looking up. */
  readonly #normalised: LRUCache<string, string>;
  readonly #unobserve: () => void;

  constructor(
    driver: Pick<Driver, 'observe'>,
    private readonly settings: QueryStatsSettings = {},
  ) {
    const max = settings.limit ?? 500;
    this.#entries = new LRUCache({ max });
    this.#normalised = new LRUCache({ max: max * 2 });
    this.#unobserve = driver.observe((observation) => this.#note(observation));
  }

  /** What went in one write with others took its share of the time, as far as can be known. */
  #note({ text: raw, took: together, shared, waited, rows, label, error }: Observation): void {
    const took = together / shared;
    const text = this.#textOf(raw);
    const entry = this.#entries.get(text) ?? this.#begun(text);
    entry.times.add(took);
    entry.rows += rows;
    if (error !== undefined) entry.errors++;
    if (took >= (this.settings.slow ?? 200))
      this.settings.onSlow?.({ id: entry.id, text, took, waited, rows, label, error });
  }

  #begun(text: string): Entry {
    const entry = { id: idOf(text), times: new Histogram(), rows: 0, errors: 0 };
    this.#entries.set(text, entry);
    return entry;
  }

  #textOf(raw: string): string {
    const known = this.#normalised.get(raw);
    if (known !== undefined) return known;
    if (raw.length > LONGEST) return copy(`${normalise(raw.slice(0, LONGEST))} …`);
    const text = normalise(raw);
    this.#normalised.set(raw, text);
    return text;
  }

  /** The statements that took most time in all first. */
  queryStats(): readonly QueryStat[] {
    const stats = [...this.#entries.entries()].map(([text, entry]) => statOf(text, entry));
    return stats.sort((a, b) => b.mean * b.count - a.mean * a.count);
  }

  /** Statements of which at least one in twenty takes so many milliseconds, the slowest first. */
  slowQueries(ms = this.settings.slow ?? 200): readonly QueryStat[] {
    return this.queryStats()
      .filter(({ p95 }) => p95 >= ms)
      .sort((a, b) => b.p95 - a.p95);
  }

  reset(): void {
    this.#entries.clear();
  }

  stop(): void {
    this.#unobserve();
  }
}

const idOf = (text: string): string => new Bun.CryptoHasher('sha256').update(text).digest('hex').slice(0, 8);

function statOf(text: string, { id, times, rows, errors }: Entry): QueryStat {
  return { id, text, count: times.count, errors, mean: times.mean, p95: times.percentile(0.95), max: times.max, rows };
}

/** What pino and its like have. */
export interface Logger {
  warn(details: object, message: string): void;
}

/** An `onSlow` that writes a line for each slow statement: its text without values, and its times. */
export const slowQueryLog =
  (log: Logger) =>
  (query: SlowQuery): void =>
    log.warn({ ...query, took: Math.round(query.took), waited: Math.round(query.waited) }, 'slow query');
