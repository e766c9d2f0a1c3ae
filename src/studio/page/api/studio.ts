import type {
  CatalogSummary,
  ColumnStats,
  CountSummary,
  DriftSummary,
  Explained,
  HistoryEntry,
  MigrationsSummary,
  SlowQuery,
  SqlRun,
} from '../../api/shapes.ts';
import { parseExactly } from './exact-json.ts';
import { failureOf } from './failure.ts';

const BASE = '/studio/api';

async function call<T>(path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const init: RequestInit =
    body === undefined
      ? { signal }
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal };
  const response = await fetch(BASE + path, init);
  if (!response.ok) throw await failureOf(response);
  // the server's routes and these types are one
  return (response.status === 204 ? undefined : parseExactly(await response.text())) as T;
}

export interface TableName {
  readonly schema: string;
  readonly table: string;
}

export interface ColumnWanted extends TableName, Omit<ActingAs, 'timeout'> {
  readonly column: string;
  readonly all: boolean;
  /** The conditions of an address that its rows fulfil. */
  readonly query?: string;
  /** Rows that are marked as deleted too. */
  readonly deleted: boolean;
}

export interface ActingAs {
  readonly role?: string;
  readonly claims?: string;
  /** Milliseconds that a statement may run. */
  readonly timeout?: number;
}

/** The studio's own routes. */
export const studio = {
  catalog: () => call<CatalogSummary>('/catalog'),
  counts: () => call<readonly CountSummary[]>('/counts'),
  count: (name: TableName) => call<CountSummary>('/count', name),
  column: (wanted: ColumnWanted, signal: AbortSignal) => call<ColumnStats>('/column', wanted, signal),
  token: (claims: Record<string, unknown>) => call<{ token: string }>('/token', { claims }),
  history: (name: TableName, key: Record<string, string>) =>
    call<{ entries: readonly HistoryEntry[]; current: Record<string, unknown> | null }>('/history', { ...name, key }),
  sql: (run: { id: string; sql: string; limit: number } & ActingAs) => call<SqlRun>('/sql', run),
  explain: (request: { id: string; sql: string; mode: 'analyze' | 'plan' | 'generic' } & ActingAs) =>
    call<Explained>('/explain', request),
  cancel: (id: string) => call<{ cancelled: boolean }>('/cancel', { id }),
  slow: () => call<readonly SlowQuery[]>('/live/slow'),
  clearLive: () => call<void>('/live/clear', {}),
  migrations: () => call<MigrationsSummary>('/migrations'),
  drift: () => call<DriftSummary>('/drift'),
};
