import type { Column } from '../app/catalog.ts';
import { type Read, readInput } from '../grid/input.ts';
import { kindOf } from '../grid/kind.ts';
import { arrayText } from './format.ts';

/** A value as the text that Postgres reads it from; null for none. */
export function textOfValue({ isArray, isJson }: Column, value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (isArray && Array.isArray(value)) return arrayText(value);
  return isJson || typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const truths: Readonly<Record<string, boolean>> = {
  true: true,
  t: true,
  yes: true,
  '1': true,
  false: false,
  f: false,
  no: false,
  '0': false,
};

/** What came as text, for the API; `wrong` where the column's type says that it can't be. */
export function valueOfText(column: Column, text: string | null): Read {
  const kind = kindOf(column);
  if (text === null && column.nullable) return { value: null };
  if (text === null) return readInput(column, '');
  if (kind === 'boolean') {
    const truth = truths[text.trim().toLowerCase()];
    return truth === undefined ? { wrong: 'true or false' } : { value: truth };
  }
  // Postgres reads its own forms of times and arrays
  const own = kind === 'array' ? text.startsWith('{') : ['date', 'time', 'timestamp', 'timestamptz'].includes(kind);
  if (own && text !== '') return { value: text };
  if (kind === 'enum' && text !== '' && !column.enum.includes(text))
    return { wrong: `One of ${column.enum.join(', ')}` };
  return readInput(column, text);
}
