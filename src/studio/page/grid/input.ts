import { parseExactly } from '../api/exact-json.ts';
import type { Column } from '../app/catalog.ts';
import { isNumeric, type Kind, kindOf, needsText } from './kind.ts';

type Picker = 'date' | 'time' | 'datetime-local';

const pickers: Readonly<Partial<Record<Kind, Picker>>> = {
  date: 'date',
  time: 'time',
  timestamp: 'datetime-local',
  timestamptz: 'datetime-local',
};

/** What a browser's pickers hold: no infinity, no years before Christ, no hour 24. */
const pickable: Readonly<Record<Picker, RegExp>> = {
  date: /^\d{4}-\d\d-\d\d$/,
  time: /^([01]\d|2[0-3])(:[0-5]\d){1,2}(\.\d{1,3})?$/,
  'datetime-local': /^\d{4}-\d\d-\d\dT([01]\d|2[0-3])(:[0-5]\d){1,2}(\.\d{1,3})?$/,
};

/** The browser's picker for a column, where it can hold the value. */
export function pickerOf(column: Column, value: unknown): Picker | undefined {
  const picker = pickers[kindOf(column)];
  const fits = value === null || value === undefined || (picker && pickable[picker].test(inputText(column, value)));
  return fits ? picker : undefined;
}

/** Digits beyond the milliseconds, which pickers have no room for. */
const finer = /(\.\d{3})(\d+)/;

/** `2026-09-10T13:17:00.123456+02:00` as a picker wants it, in UTC; what no clock shows as it is. */
function pickerText(kind: Kind, value: string): string {
  const rounded = value.replace(finer, '$1');
  if (kind !== 'timestamptz' || !/^\d{4}-.*[\d:Z]$/.test(value)) return rounded.replace(/^(\d{4}-\d\d-\d\d) /, '$1T');
  const at = new Date(rounded);
  if (Number.isNaN(at.getTime())) return value;
  return at
    .toISOString()
    .replace(/(:00)?\.000Z$/, '$1')
    .replace(/Z$/, '');
}

/** A picked time with the digits that it had beyond the milliseconds, where these are the same still. */
function withFiner(text: string, before: unknown): string {
  const [, thousandths, more] = finer.exec(String(before ?? '')) ?? [];
  return thousandths !== undefined && text.endsWith(thousandths) ? text + more : text;
}

/** A value as the text in its editor. */
export function inputText(column: Column, value: unknown): string {
  if (value === null || value === undefined) return '';
  const kind = kindOf(column);
  if (pickers[kind] !== undefined) return pickerText(kind, String(value));
  if (kind === 'json') return JSON.stringify(value, null, 2);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export type Read = { readonly value: unknown } | { readonly wrong: string };

const notFinite = /^(NaN|-?Infinity)$/;

/** What was entered in place of a value, as the API takes it. */
export function readInput(column: Column, text: string, before?: unknown): Read {
  const kind = kindOf(column);
  if (text === '' && kind !== 'text') return column.nullable ? { value: null } : { wrong: 'A value is needed' };
  if (kind === 'boolean') return { value: text === 'true' };
  if (isNumeric(kind)) return readNumber(column, text.trim());
  if (kind === 'json' || kind === 'array') return readJson(text, kind === 'array');
  const picker = pickers[kind];
  if (picker === undefined || !pickable[picker].test(text)) return { value: text };
  return { value: `${withFiner(text, before)}${kind === 'timestamptz' ? '+00:00' : ''}` };
}

function readNumber(column: Column, text: string): Read {
  const whole = kindOf(column) === 'integer';
  if (whole && !/^[-+]?\d+$/.test(text)) return { wrong: 'A whole number' };
  if (!whole && notFinite.test(text)) return { value: text };
  if (Number.isNaN(Number(text))) return { wrong: 'A number' };
  return { value: needsText(column) ? text : Number(text) };
}

function readJson(text: string, list: boolean): Read {
  try {
    const value = parseExactly(text);
    return list && !Array.isArray(value) ? { wrong: 'A list, such as ["a", "b"]' } : { value };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : 'Not JSON' };
  }
}
