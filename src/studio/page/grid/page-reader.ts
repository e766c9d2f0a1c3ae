import { rest } from '../api/rest.ts';
import { profileOf, type Table } from '../app/catalog.ts';
import type { TableRoute } from '../app/route.ts';
import { cursorBehind, nextOf, orderParameter } from './keyset.ts';
import { filterParameters, type Row, rowsOf, selectOf } from './query.ts';

/** Rows of one request. */
export const PAGE = 100;

export interface Page {
  readonly rows: readonly Row[];
  /** Query of the page that follows, where the server has linked to it. */
  readonly next: string | null;
}

/** The pages on both sides of one, where they are known. */
export interface Beside {
  readonly before: Page | undefined;
  readonly behind: Page | undefined;
}

interface PageQuery {
  readonly text: string;
  /** Pages by keyset. */
  readonly cursor: boolean;
  /** The rows come in the opposite order. */
  readonly backwards: boolean;
}

/** Reads a table's pages: by keyset where a page beside it is known, else by offset. */
export class PageReader {
  constructor(
    private readonly table: Table,
    private readonly route: TableRoute,
  ) {}

  async read(page: number, beside: Beside, signal: AbortSignal): Promise<Page> {
    const query = page === 0 ? undefined : await this.fromBeside(beside, signal);
    return this.ask(page, query ?? this.byOffset(page), signal);
  }

  /** The `Prefer` header. */
  preferences(cursor: boolean): string {
    const deleted = this.route.deleted && this.table.softDelete !== null ? ['deleted=include'] : [];
    return [...(cursor ? ['cursor'] : []), ...deleted].join(', ');
  }

  private async ask(page: number, query: PageQuery, signal: AbortSignal): Promise<Page> {
    const response = await rest(`/${encodeURIComponent(this.table.name)}?${query.text}`, {
      schema: profileOf(this.table),
      headers: { prefer: this.preferences(query.cursor) },
      signal,
    });
    const rows = await rowsOf(response);
    if (!query.backwards) return { rows, next: nextOf(response) };
    // Fewer than a page: rows have gone since, and the place is no longer where it was.
    if (rows.length < PAGE) return this.ask(page, this.byOffset(page), signal);
    return { rows: rows.toReversed(), next: null };
  }

  /** From the last row of the page before, or backwards from the first row of the page behind. */
  private async fromBeside({ before, behind }: Beside, signal: AbortSignal): Promise<PageQuery | undefined> {
    if (before?.next != null) return { text: before.next, cursor: true, backwards: false };
    const backwards = before?.rows.length !== PAGE;
    const row = backwards ? behind?.rows[0] : before.rows.at(-1);
    if (row === undefined || this.table.primaryKey.length === 0) return undefined;
    const { route, table } = this;
    const cursor = await cursorBehind(row, { table, route, backwards, signal, prefer: this.preferences(true) });
    if (cursor === null) return undefined;
    const params = this.parameters(backwards);
    params.set('cursor', cursor);
    return { text: params.toString(), cursor: true, backwards };
  }

  private byOffset(page: number): PageQuery {
    const params = this.parameters();
    if (page > 0) params.set('offset', String(page * PAGE));
    return { text: params.toString(), cursor: this.table.primaryKey.length > 0 && page === 0, backwards: false };
  }

  /** In an order that is the same with and without a cursor. */
  private parameters(backwards = false): URLSearchParams {
    const params = filterParameters(this.table, this.route);
    params.set('select', selectOf(this.table));
    const order = orderParameter(this.table, this.route, backwards);
    if (order !== '') params.set('order', order);
    params.set('limit', String(PAGE));
    return params;
  }
}
