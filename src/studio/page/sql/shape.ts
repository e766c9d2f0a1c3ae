import type { SqlOutcome } from '../../api/shapes.ts';
import { parseExactly } from '../api/exact-json.ts';
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

/** What JSON writes as a number: `NaN`, `Infinity` and `$1.50` it does not. */
const jsonNumber = /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i;

/** A cell as a JSON value: numbers and documents as such with all their digits, the rest as Postgres prints it. */
function jsonValue(type: string, text: string | null): unknown {
  if (text === null) return null;
  if (type === 'boolean') return text === 't';
  return json.test(type) || (isNumber(type) && jsonNumber.test(text)) ? parseExactly(text) : text;
}

/** Names for the members of an object: a second column of a name is told apart from the first. */
function memberNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let number = 2; taken.has(free); number++) free = `${name}_${number}`;
    taken.add(free);
    return free;
  });
}

export function toJson({ fields, rows }: SqlOutcome): string {
  const names = memberNames(fields.map(({ name }) => name));
  const objects = rows.map((row) =>
    Object.fromEntries(fields.map(({ type }, index) => [names[index], jsonValue(type, row[index] ?? null)])),
  );
  return JSON.stringify(objects, null, 2);
}

export const toCsv = ({ fields, rows }: SqlOutcome): string => csvOf([fields.map(({ name }) => name), ...rows]);

/** A result can be drawn when it has several rows and a number beside something to lay along the axis. */
export const chartable = ({ fields, rows, error }: SqlOutcome): boolean =>
  error === null && rows.length > 1 && fields.length > 1 && fields.some(({ type }) => isNumber(type));
