import type { LiveQuery, SlowQuery } from '../api/shapes.ts';

/** Texts that are told apart; the one that was not seen for longest makes room. */
const TEXTS = 500;
/** Runs of a text that its 95th percentile is taken from: the last ones. */
const SAMPLES = 200;

/** What surrounds a query and tells nothing about it. */
const bookkeeping = /^(begin|commit|rollback|savepoint|release|discard|select set_config\()/i;

type QuerySum = Omit<SlowQuery, 'own'>;

interface Sum {
  count: number;
  total: number;
  max: number;
  rows: number;
  errors: number;
  readonly last: number[];
}

/** Query texts with what they cost over all their runs, in bounded memory. */
export class SlowQueries {
  private readonly sums = new Map<string, Sum>();

  add({ text, took, shared, rows, error }: LiveQuery): void {
    if (bookkeeping.test(text)) return;
    const sum = this.sums.get(text) ?? { count: 0, total: 0, max: 0, rows: 0, errors: 0, last: [] };
    this.sums.delete(text); // put back at the end: a Map keeps the order of insertion
    this.sums.set(text, sum);
    const own = took / shared;
    sum.last[sum.count % SAMPLES] = own;
    sum.count++;
    sum.total += own;
    sum.max = Math.max(sum.max, own);
    sum.rows += rows;
    if (error !== null) sum.errors++;
    if (this.sums.size > TEXTS) this.sums.delete(this.sums.keys().next().value ?? '');
  }

  all(): readonly QuerySum[] {
    return [...this.sums].map(([text, sum]) => summary(text, sum));
  }

  clear(): void {
    this.sums.clear();
  }
}

function summary(text: string, { count, total, max, rows, errors, last }: Sum): QuerySum {
  const sorted = last.toSorted((a, b) => a - b);
  const p95 = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.95))] ?? 0;
  return { text, count, total, mean: total / count, p95, max, rows, errors };
}
