import { invalidRange, putRange } from '../errors/request-errors.ts';
import type { Range } from './types.ts';

/**
 * Rows by their numbers, both ends included; `upper` null is open. Empty where `upper < lower`. Kept apart from `limit` and `offset`
 * since the dialect intersects ranges, and since `limit=0` is the one empty range that is no error.
 */
export interface RowRange {
  readonly lower: number;
  readonly upper: number | null;
}

export const allRows: RowRange = Object.freeze({ lower: 0, upper: null });
const noRows: RowRange = Object.freeze({ lower: 0, upper: -1 });

const isEmpty = ({ lower, upper }: RowRange): boolean => upper !== null && upper < lower;
const isLimitZero = ({ upper }: RowRange): boolean => upper === -1;

/** `limit=` and `offset=` of one level; undefined where absent. What is no integer counts as absent, mostly. */
export function rowRange(limit: string | undefined, offset: string | undefined): RowRange {
  const rows = limit === undefined ? undefined : readRows(limit);
  if (offset === undefined) return rows === undefined ? allRows : { lower: 0, upper: rows - 1 };
  const lower = readRows(offset) ?? 0;
  if (limit === undefined) return { lower, upper: null };
  return { lower, upper: lower + (rows ?? 0) - 1 };
}

/** The top level's range: `limit` and `offset` within the `Range` header, which only GET heeds. */
export function topLevelRange(method: string, asked: RowRange, header: string | null): Range {
  const ofHeader = method === 'GET' && header !== null ? headerRange(header) : allRows;
  const zero = isLimitZero(asked);
  const range = zero ? noRows : intersection(ofHeader, asked);
  if (!zero && isEmpty(range)) throw invalidRange(isEmpty(ofHeader) ? 'lower-above-upper' : 'negative-limit');
  if (method === 'PUT' && (range.lower !== 0 || range.upper !== null)) throw putRange();
  return limitAndOffset(range);
}

export function limitAndOffset({ lower, upper }: RowRange): Range {
  return { limit: upper === null ? null : 1 + upper - lower, offset: lower };
}

/** The greatest size of a page that people choose, and the step between those beyond a hundred. */
const LARGEST_PAGE = 10_000;
const STEP = 100;

/**
 * Whether a limit stands in the statement itself. For one that is a parameter Postgres has to assume a tenth of the table, so it makes a
 * plan for every request: half the time of a page. Other limits would each be a statement that does not come again.
 */
export const isPageSize = (limit: number): boolean =>
  (limit >= 0 && limit <= STEP) || (limit % STEP === 0 && limit > 0 && limit <= LARGEST_PAGE);

/**
 * A power of two which a range that takes parameters does not reach beyond, so that Postgres can be told about how many rows are wanted by
 * text that ranges have in common. Null where no parameter is taken, and for what Postgres is to refuse.
 */
export function reachOf({ limit, offset }: Range): number | null {
  const last = offset + (limit ?? 0);
  if ((offset === 0 && (limit === null || isPageSize(limit))) || offset < 0 || (limit ?? 0) < 0) return null;
  return last > farthest ? null : 2 ** Math.ceil(Math.log2(last));
}

/** What of a range belongs to the request's shape. */
export function rangeShape(range: Range): string {
  const { limit, offset } = range;
  const rows = limit === null ? '' : isPageSize(limit) ? `l${limit}` : 'l';
  return `${rows}${offset === 0 ? '' : 'o'}${reachOf(range) ?? ''}`;
}

/** `Range: 0-9` or `10-`; anything else asks for all. */
function headerRange(header: string): RowRange {
  const [, lower, upper] = /^(\d+)-(\d*)$/.exec(header) ?? [];
  if (lower === undefined || upper === undefined) return allRows;
  return { lower: readRows(lower) ?? 0, upper: upper === '' ? null : (readRows(upper) ?? 0) };
}

function intersection(a: RowRange, b: RowRange): RowRange {
  if (isEmpty(a)) return a;
  if (isEmpty(b)) return b;
  const upper = a.upper === null ? b.upper : b.upper === null ? a.upper : Math.min(a.upper, b.upper);
  return { lower: Math.max(a.lower, b.lower), upper };
}

const integer = /^([\s(]*)((?:-\s*)?)(\d+|0[xX][\da-fA-F]+|0[oO][0-7]+)([\s)]*)$/;

/** Integers as the dialect reads them: blanks, a minus and parentheses allowed, a plus not; also hexadecimal and octal. */
export function readInteger(text: string): number | undefined {
  const [, before = '', sign, digits, behind = ''] = integer.exec(text) ?? [];
  if (digits === undefined || occurrences('(', before) !== occurrences(')', behind)) return undefined;
  return within(farthest, sign !== '' ? -Number(digits) : Number(digits));
}

const occurrences = (of: string, text: string): number => text.split(of).length - 1;

/** The same for numbers of rows. Those that Postgres has no number for stay what they are, for Postgres to refuse. */
function readRows(text: string): number | undefined {
  const rows = readInteger(text);
  if (rows === undefined || Math.abs(rows) < farthest) return rows;
  const asked = Number(text.replace(/[\s()-]+/g, ''));
  return asked > bigint ? Math.sign(rows) * within(most, asked) : rows;
}

/** Half of what is safe, so that sums of two are safe; no table has as many rows. */
const farthest = 2 ** 52;
const bigint = 2 ** 63;
const most = 1e30;

const within = (bound: number, value: number): number => Math.max(-bound, Math.min(bound, value)) + 0;
