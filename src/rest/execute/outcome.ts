import type { Result } from '../../db/index.ts';
import { COLUMNS, LOCATION } from '../compile/statement.ts';

/** What the main statement's only row says. */
export interface Outcome {
  /** Rows in all, where a count was asked for. */
  readonly total: number | null;
  /** Rows read, written or returned. */
  readonly page: number;
  /** The inserted row's key as pairs such as `['id', 'eq.1']`. */
  readonly location: readonly (readonly [string, string])[] | null;
  readonly body: string | Uint8Array;
  /** `response.headers` and `response.status` as SQL set them. */
  readonly headers: string | null;
  readonly status: string | null;
  /** Rows that an upsert created; null where it had none to write. */
  readonly inserted: number | null;
  /** The page's last row, by the columns of its order; null where no page follows. */
  readonly last: readonly (string | null)[] | null;
}

const BYTEA = 17;
const EMPTY_ARRAY = '{}';

export function outcomeOf(result: Result): Outcome {
  const row = result.rows[0] ?? [];
  const written = result.fields[LOCATION.index]?.name === LOCATION.name;
  const behind = written ? 1 : 0;
  const cell = (index: number): string | null => row[index < LOCATION.index ? index : index + behind] ?? null;
  const location = written ? (row[LOCATION.index] ?? null) : null;
  const located = location !== null && location !== EMPTY_ARRAY;
  const last = cell(COLUMNS.cursor);
  const body = cell(COLUMNS.body) ?? '';
  return {
    total: numberOf(cell(COLUMNS.total)),
    page: numberOf(cell(COLUMNS.page)) ?? 0,
    location: located ? JSON.parse(location) : null,
    body: result.fields[COLUMNS.body + behind]?.type === BYTEA ? bytes(body) : body,
    headers: cell(COLUMNS.headers),
    status: cell(COLUMNS.status),
    inserted: numberOf(cell(COLUMNS.inserted)),
    last: last === null ? null : JSON.parse(last),
  };
}

const numberOf = (cell: string | null): number | null => (cell === null || cell === '' ? null : Number(cell));

/** Postgres prints bytea as `\x` and hex digits. */
const bytes = (text: string): Uint8Array => Buffer.from(text.slice(2), 'hex');

/** The rows that EXPLAIN (FORMAT JSON) expects. */
export function estimatedRows(result: Result): number | null {
  const explained: readonly { readonly Plan?: { readonly 'Plan Rows'?: number } }[] = JSON.parse(
    result.rows[0]?.[0] ?? '[]',
  );
  return explained[0]?.Plan?.['Plan Rows'] ?? null;
}

/** EXPLAIN as text comes a line in each row. */
export const explainedText = (result: Result): string => result.rows.map((row) => `${row[0] ?? ''}\n`).join('');
