import { HOUSE, type Observation } from '../../db/index.ts';
import { asTyped } from '../api/console.ts';
import type { LiveEntry, LiveQuery, LiveRequest, SlowQuery } from '../api/shapes.ts';
import { SlowQueries } from './slow.ts';

/** Entries that are kept for whoever opens the page later. */
const KEPT = 1_000;
/** Characters of a statement that are kept. */
const LONGEST = 20_000;

type Listener = (entry: LiveEntry) => void;

/**
 * Requests and queries as they pass. The server feeds it: `watchRequests` with requests, `driver.observe(live.query)` with
 * queries; the label of a query is the id of its request. Holds texts and times, never the values of parameters.
 */
export class Live {
  private readonly entries: LiveEntry[] = [];
  private readonly listeners = new Set<Listener>();
  private readonly queries = new SlowQueries();
  /** Apart from the others, which they must not crowd out. */
  private readonly ownQueries = new SlowQueries();
  private sequence = 0;

  /** The server stops: streams end, so that nobody waits for them. */
  closed = false;

  /** Somebody looks on: what costs something may be recorded. */
  get watched(): boolean {
    return this.listeners.size > 0;
  }

  request(request: Omit<LiveRequest, 'kind' | 'own' | 'seq'>): void {
    this.add({ ...request, kind: 'request', own: isOwn(request.id), seq: ++this.sequence });
  }

  /** An observer for `driver.observe`. */
  readonly query = (observation: Observation): void => {
    const { label = null, error = null, startedAt, waited, took, rows, shared } = observation;
    const text = asTyped(observation.text).slice(0, LONGEST);
    const entry: LiveQuery = {
      kind: 'query',
      own: isOwn(label),
      seq: ++this.sequence,
      label,
      text,
      startedAt,
      waited,
      took,
      rows,
      shared,
      error,
    };
    (entry.own ? this.ownQueries : this.queries).add(entry);
    this.add(entry);
  };

  /** What is kept, oldest first. */
  recent(): readonly LiveEntry[] {
    return this.entries;
  }

  /** Query texts by the time that all their runs took together. */
  slow(): readonly SlowQuery[] {
    const others = this.queries.all().map((query) => ({ ...query, own: false }));
    const own = this.ownQueries.all().map((query) => ({ ...query, own: true }));
    return [...others, ...own].toSorted((a, b) => b.total - a.total);
  }

  close(): void {
    this.closed = true;
  }

  clear(): void {
    this.entries.length = 0;
    this.queries.clear();
    this.ownQueries.clear();
  }

  /** Calls for each entry from now on; returns the way to stop. */
  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private add(entry: LiveEntry): void {
    this.entries.push(entry);
    if (this.entries.length > KEPT * 1.2) this.entries.splice(0, this.entries.length - KEPT);
    for (const listener of this.listeners) listener(entry);
  }
}

/** The studio's own, but not those of its console; and what Hutch does of itself. */
const isOwn = (label: string | null): boolean =>
  label !== null && (/^studio(-|$)/.test(label) || label === HOUSE || label === 'migrate');
