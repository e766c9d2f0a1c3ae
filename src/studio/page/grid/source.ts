import { signal } from '@preact/signals';
import { told } from '../api/failure.ts';
import { rest, totalOf } from '../api/rest.ts';
import { counts, countsKnown, nameOf, profileOf, type Table } from '../app/catalog.ts';
import type { TableRoute } from '../app/route.ts';
import { PAGE, type Page, PageReader } from './page-reader.ts';
import { filterParameters, type Row } from './query.ts';

/** Pages that are kept; the farthest from the view go first. */
const KEPT = 60;
/** A table of more rows, or a view, is told as Postgres plans it, until somebody asks for the exact number. */
const COUNTED = 300_000;

interface Asked {
  readonly request: AbortController;
  readonly done: Promise<void>;
}

/**
 * A table's rows as the grid wants them: any index at any time. A page beside a known one is fetched by keyset, which costs
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
  /** Resolves when the first rows are there, or can't be had. */
  readonly first: Promise<void>;
  private readonly reader: PageReader;
  private pages = new Map<number, Page>();
  private readonly asked = new Map<number, Asked>();
  private closed = false;

  constructor(
    readonly table: Table,
    readonly route: TableRoute,
  ) {
    this.reader = new PageReader(table, route);
    this.first = this.load(0);
    void this.first.then(() => this.countUnlessKnown());
  }

  /** Rows that the grid can show: all, or those that are here while it is not known how many there are. */
  get count(): number {
    this.version.value; // what is here changes with it
    return this.total.value ?? this.pages.get(0)?.rows.length ?? 0;
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
    for (const [page, { request }] of this.asked) if (page < first - 1 || page > last + 1) request.abort();
    for (let page = first; page <= last; page++) {
      if (!this.pages.has(page) && !this.asked.has(page)) void this.load(page);
    }
    this.forgetFar(first, last);
  }

  /** Resolves when these rows are there, or can't be had. */
  async ready(from: number, to: number): Promise<void> {
    const last = Math.floor((to - 1) / PAGE);
    for (let page = Math.max(0, Math.floor(from / PAGE)); page <= last; page++)
      if (!this.pages.has(page)) await (this.asked.get(page)?.done ?? this.load(page));
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
    void this.countRows();
  }

  async countExactly(): Promise<void> {
    await this.countRows('exact');
  }

  close(): void {
    this.closed = true;
    for (const { request } of this.asked.values()) request.abort();
  }

  private load(page: number): Promise<void> {
    const request = new AbortController();
    const done = this.fetch(page, request.signal).finally(() => {
      this.asked.delete(page);
      this.loading.value = false;
      this.version.value++;
    });
    this.asked.set(page, { request, done });
    return done;
  }

  private async fetch(page: number, signal: AbortSignal): Promise<void> {
    try {
      await this.asked.get(page - 1)?.done;
      const beside = { before: this.pages.get(page - 1), behind: this.pages.get(page + 1) };
      const found = await this.reader.read(page, beside, signal);
      if (this.closed) return;
      this.pages.set(page, found);
      this.error.value = null;
      this.settleEnd(page, found.rows.length);
    } catch (error) {
      if (!signal.aborted && !this.closed) this.error.value = told(error);
    }
  }

  /** What a page says of the total, where it is not known: a short one is the last one, and behind a full one there may be more. */
  private settleEnd(page: number, length: number): void {
    if (this.total.value !== null && !this.estimated.value) return;
    const end = page * PAGE + length;
    if (length === PAGE) {
      if (this.total.value !== null && this.total.value <= end) this.total.value = end + PAGE;
    } else if (length > 0 || page === 0) {
      this.total.value = end;
      this.estimated.value = false;
    } else {
      void this.countExactly(); // beyond the end: the guess was too high
    }
  }

  /** After the rows: an embedded Postgres does one thing at a time, and a count may take longer than all the rest. */
  private async countUnlessKnown(): Promise<void> {
    if (this.total.value === null && !this.closed) await this.countRows();
  }

  private async countRows(wanted?: 'exact'): Promise<void> {
    await countsKnown;
    const known = counts.peek().get(nameOf(this.table))?.rows ?? Number.POSITIVE_INFINITY;
    const kind = wanted ?? (known > COUNTED ? 'planned' : 'exact');
    try {
      const params = filterParameters(this.table, this.route);
      params.set('limit', '0'); // nothing but the number
      const prefer = [`count=${kind}`, this.reader.preferences(false)].filter(Boolean).join(', ');
      const response = await rest(`/${encodeURIComponent(this.table.name)}?${params}`, {
        method: 'HEAD',
        schema: profileOf(this.table),
        headers: { prefer },
      });
      if (this.closed) return;
      this.total.value = totalOf(response);
      this.estimated.value = kind === 'planned';
      for (const [page, { rows }] of this.pages) this.settleEnd(page, rows.length);
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
