import { signal } from '@preact/signals';
import { told } from '../api/failure.ts';
import { rest, totalOf } from '../api/rest.ts';
import { counts, nameOf, profileOf, type Table } from '../app/catalog.ts';
import type { TableRoute } from '../app/route.ts';
import { filterParameters, orderOf, type Row, selectOf } from './query.ts';

/** Rows of one request. */
export const PAGE = 100;
/** Pages that are kept; the farthest from the view go first. */
const KEPT = 60;
/** A table with more rows is counted by estimate until somebody asks for the exact number. */
const COUNTED = 300_000;

interface Page {
  readonly rows: readonly Row[];
  /** Query of the page that follows, by keyset; null where only an offset leads there. */
  readonly next: string | null;
}

/**
 * A table's rows as the grid wants them: any index at any time. A page that follows a known one is fetched by keyset, which costs
 * the same at the end of a million rows as at their beginning; a jump into the unknown is fetched by offset, once.
 */
export class RowSource {
  /** Grows whenever there is something new to show. */
  readonly version = signal(0);
  readonly total = signal<number | null>(null);
  /** The total is an estimate. */
  readonly estimated = signal(false);
  readonly error = signal<string | null>(null);
  readonly loading = signal(true);
  private pages = new Map<number, Page>();
  private readonly asked = new Map<number, AbortController>();
  private closed = false;

  constructor(
    readonly table: Table,
    readonly route: TableRoute,
  ) {
    void this.load(0);
    void this.count();
  }

  row(index: number): Row | undefined {
    return this.pages.get(Math.floor(index / PAGE))?.rows[index % PAGE];
  }

  /** Every row that is here, in order. */
  loaded(): readonly Row[] {
    return [...this.pages].toSorted(([a], [b]) => a - b).flatMap(([, page]) => page.rows);
  }

  /** Sees to it that these rows are there or on their way; what is on its way and no longer wanted is given up. */
  want(from: number, to: number): void {
    const first = Math.max(0, Math.floor(from / PAGE));
    const last = Math.floor(Math.max(from, to - 1) / PAGE);
    for (const [page, request] of this.asked) if (page < first - 1 || page > last + 1) request.abort();
    for (let page = first; page <= last; page++) {
      if (!this.pages.has(page) && !this.asked.has(page)) void this.load(page);
    }
    this.forgetFar(first, last);
  }

  /** Asks for everything that is shown again, and shows the old rows until the new ones are there. */
  async reload(): Promise<void> {
    const known = [...this.pages.keys()].toSorted((a, b) => a - b);
    const old = this.pages;
    this.pages = new Map();
    await Promise.all(known.slice(0, 1).map((page) => this.load(page)));
    for (const page of known.slice(1)) {
      const before = old.get(page);
      if (before !== undefined) await this.load(page);
    }
    void this.count();
  }

  async countExactly(): Promise<void> {
    await this.count('exact');
  }

  close(): void {
    this.closed = true;
    for (const request of this.asked.values()) request.abort();
  }

  private async load(page: number): Promise<void> {
    const request = new AbortController();
    this.asked.set(page, request);
    try {
      const query = this.queryOf(page);
      const response = await rest(`/${encodeURIComponent(this.table.name)}?${query.text}`, {
        schema: profileOf(this.table),
        headers: { prefer: this.preferences(query.cursor) },
        signal: request.signal,
      });
      const rows: readonly Row[] = await response.json();
      if (this.closed) return;
      this.pages.set(page, { rows, next: nextOf(response) ?? this.after(rows) });
      this.error.value = null;
      if (rows.length < PAGE) this.settleEnd(page, rows.length);
    } catch (error) {
      if (request.signal.aborted || this.closed) return;
      this.error.value = told(error);
    } finally {
      this.asked.delete(page);
      this.loading.value = false;
      this.version.value++;
    }
  }

  /** A short page is the last one: the total is known, whatever was estimated. */
  private settleEnd(page: number, length: number): void {
    if (length === 0 && page > 0) return;
    const end = page * PAGE + length;
    if (this.total.value === null || this.estimated.value) {
      this.total.value = end;
      this.estimated.value = false;
    }
  }

  private queryOf(page: number): { readonly text: string; readonly cursor: boolean } {
    const keyed = this.table.primaryKey.length > 0;
    const next = this.pages.get(page - 1)?.next;
    if (next != null) return { text: next, cursor: true };
    const params = this.parameters();
    params.set('limit', String(PAGE));
    if (page > 0) params.set('offset', String(page * PAGE));
    return { text: params.toString(), cursor: keyed && page === 0 };
  }

  /** In an order that is the same with and without a cursor: ties go by the key. */
  private parameters(): URLSearchParams {
    const params = filterParameters(this.table, this.route);
    params.set('select', selectOf(this.table));
    const named = new Set(this.route.sort.map(({ column }) => column));
    const ties = this.table.primaryKey.filter((name) => !named.has(name)).map((name) => `${name}.asc`);
    const order = [orderOf(this.route), ...ties].filter((term) => term !== null).join(',');
    if (order !== '') params.set('order', order);
    return params;
  }

  /** After a jump, a table in the order of its single key goes on by that key. */
  private after(rows: readonly Row[]): string | null {
    const [key, ...more] = this.table.primaryKey;
    const last = rows.at(-1);
    const byKey = this.route.sort.length === 0 && key !== undefined && more.length === 0;
    if (!byKey || last === undefined || rows.length < PAGE) return null;
    const params = this.parameters();
    params.set('limit', String(PAGE));
    params.append(key, `gt.${String(last[key])}`);
    return params.toString();
  }

  private preferences(cursor: boolean): string {
    const deleted = this.route.deleted && this.table.softDelete !== null ? ['deleted=include'] : [];
    return [...(cursor ? ['cursor'] : []), ...deleted].join(', ');
  }

  private async count(wanted?: 'exact'): Promise<void> {
    const known = counts.peek().get(nameOf(this.table))?.rows ?? 0;
    const kind = wanted ?? (known > COUNTED ? 'estimated' : 'exact');
    try {
      const params = filterParameters(this.table, this.route);
      params.set('limit', '1');
      const prefer = [`count=${kind}`, this.preferences(false)].filter(Boolean).join(', ');
      const response = await rest(`/${encodeURIComponent(this.table.name)}?${params}`, {
        method: 'HEAD',
        schema: profileOf(this.table),
        headers: { prefer },
      });
      if (this.closed) return;
      this.total.value = totalOf(response);
      this.estimated.value = kind === 'estimated';
    } catch {
      // the rows themselves say what is wrong
    }
  }

  private forgetFar(first: number, last: number): void {
    if (this.pages.size <= KEPT) return;
    const middle = (first + last) / 2;
    const far = [...this.pages.keys()].toSorted((a, b) => Math.abs(b - middle) - Math.abs(a - middle));
    for (const page of far.slice(0, this.pages.size - KEPT)) if (page !== 0) this.pages.delete(page);
  }
}

/** The next page, as the server links to it. */
function nextOf(response: Response): string | null {
  const found = /<\?([^>]*)>; rel="next"/.exec(response.headers.get('link') ?? '');
  return found?.[1] ?? null;
}
