import type { SqlOutcome } from '../../api/shapes.ts';
import { csvOf } from '../transfer/format.ts';

const numeric = /^(smallint|integer|bigint|real|double precision|numeric|money|oid)/;
const json = /^jsonb?$/;

export const isNumber = (type: string): boolean => numeric.test(type) && !type.endsWith('[]');
export const isTime = (type: string): boolean => /^(date|timestamp)/.test(type) && !type.endsWith('[]');

/**
 * Seconds since the epoch of a date or time as Postgres prints it (`2026-01-02 03:04:05.6+00`), in this place's own time where it
 * names no zone; null for what no clock shows (`infinity`, years before Christ).
 */
export function timeOf(text: string): number | null {
  const match = /^(\d{4,})-(\d\d-\d\d)(?: (\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d)?(:\d\d)?)?$/.exec(text);
  if (match === null) return null;
  const [, year = '', day = '', clock = '00:00:00', hours = '', minutes = ':00'] = match;
  const time = Date.parse(`${year}-${day}T${clock}${hours === '' ? '' : hours + minutes}`);
  return Number.isNaN(time) ? null : time / 1_000;
}

/** A cell as a JSON value: numbers and documents as such, the rest as Postgres prints it. */
function jsonValue(type: string, text: string | null): unknown {
  if (text === null) return null;
  if (type === 'boolean') return text === 't';
  if (isNumber(type)) return Number.isSafeInteger(Number(text)) || text.includes('.') ? Number(text) : text;
  return json.test(type) ? JSON.parse(text) : text;
}

export function toJson({ fields, rows }: SqlOutcome): string {
  const objects = rows.map((row) =>
    Object.fromEntries(fields.map(({ name, type }, index) => [name, jsonValue(type, row[index] ?? null)])),
  );
  return JSON.stringify(objects, null, 2);
}

export const toCsv = ({ fields, rows }: SqlOutcome): string => csvOf([fields.map(({ name }) => name), ...rows]);

/** A result can be drawn when it has several rows and a number beside something to lay along the axis. */
export const chartable = ({ fields, rows, error }: SqlOutcome): boolean =>
  error === null && rows.length > 1 && fields.length > 1 && fields.some(({ type }) => isNumber(type));
