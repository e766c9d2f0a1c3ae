import type { Column } from '../app/catalog.ts';

/** How a value is shown and edited. */
export type Kind =
  | 'boolean'
  | 'enum'
  | 'integer'
  | 'number'
  | 'json'
  | 'array'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'timestamptz'
  | 'text'
  | 'other';

const kinds: Readonly<Record<string, Kind>> = {
  boolean: 'boolean',
  smallint: 'integer',
  integer: 'integer',
  bigint: 'integer',
  real: 'number',
  'double precision': 'number',
  numeric: 'number',
  date: 'date',
  'time without time zone': 'time',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamptz',
  text: 'text',
  'character varying': 'text',
  character: 'text',
  citext: 'text',
};

export function kindOf(column: Column): Kind {
  if (column.isArray) return 'array';
  if (column.isJson) return 'json';
  if (column.enum.length > 0) return 'enum';
  return kinds[column.base] ?? 'other';
}

/** Numbers that JavaScript cannot hold exactly are asked for as text. */
export const needsText = (column: Column): boolean => /^(bigint|numeric)(\[\])?$/.test(column.base);

export const isNumeric = (kind: Kind): boolean => kind === 'integer' || kind === 'number';

/** What a new row has where nothing is entered. */
export const absentText = ({ filled, nullable }: Column): string => (filled ? 'default' : nullable ? 'null' : 'needed');

/** One line for a cell. */
export function shownValue(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
  if (typeof value === 'object') return shownValue(JSON.stringify(value));
  return String(value);
}

const LONGEST = 300;

/** `2026-09-10T13:17:00+00:00` → `2026-09-10 13:17:00`; the zone is shown where it is not UTC. */
export function shownTime(value: string): string {
  return value
    .replace('T', ' ')
    .replace(/\+00(:00)?$/, '')
    .replace(/(\.\d{3})\d+/, '$1');
}
