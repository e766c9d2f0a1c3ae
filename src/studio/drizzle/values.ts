import type { Field, Result, Row } from '../../db/index.ts';

/** Values as the page knows them from drizzle-kit's own drivers: dates and times, numerics and large integers stay text. */

type Decode = (text: string) => unknown;

const BOOL = 16;
const BYTEA = 17;
const decodeNumber: Decode = (text) => Number(text);
const decodeJson: Decode = (text) => JSON.parse(text);

const DECODERS = new Map<number, Decode>([
  [BOOL, (text) => text === 't'],
  [BYTEA, (text) => Buffer.from(text.slice(2), 'hex').toString('base64')],
  [21, decodeNumber],
  [23, decodeNumber],
  [26, decodeNumber],
  [700, decodeNumber],
  [701, decodeNumber],
  [114, decodeJson],
  [3802, decodeJson],
]);

/** Array types, by that of their elements. */
const ELEMENTS = new Map<number, number>([
  [1000, BOOL],
  [1005, 21],
  [1007, 23],
  [1021, 700],
  [1022, 701],
  [199, 114],
  [3807, 3802],
  [1009, 25],
  [1015, 1043],
  [1016, 20],
  [1115, 1114],
  [1182, 1082],
  [1185, 1184],
  [1231, 1700],
  [2951, 2950],
]);

export function decodeRows(result: Result, mode: 'array' | 'object'): readonly unknown[] {
  const decode = (row: Row) => row.map((cell, index) => decodeCell(cell, result.fields[index]));
  if (mode === 'array') return result.rows.map(decode);
  const names = result.fields.map(({ name }) => name);
  return result.rows.map((row) => Object.fromEntries(decode(row).map((value, index) => [names[index] ?? '', value])));
}

function decodeCell(cell: string | null, field: Field | undefined): unknown {
  if (cell === null || field === undefined) return null;
  const element = ELEMENTS.get(field.type);
  return element === undefined ? decodeText(cell, field.type) : decodeArray(cell, element);
}

const decodeText = (text: string, type: number): unknown => DECODERS.get(type)?.(text) ?? text;

const ARRAY_TOKEN = /([{},])|"((?:[^"\\]|\\.)*)"|([^{},"]+)/gs;

/** An array in Postgres's text format; one with bounds of its own (`[2:3]={…}`) without them. */
export function decodeArray(text: string, element: number): unknown {
  const stack: unknown[][] = [[]];
  for (const [, mark, quoted, bare] of text.slice(text.indexOf('{')).matchAll(ARRAY_TOKEN)) {
    const top = stack.at(-1);
    if (mark === '{') stack.push([]);
    else if (mark === '}') stack.at(-2)?.push(stack.pop());
    else if (quoted !== undefined) top?.push(decodeText(quoted.replace(/\\(.)/gs, '$1'), element));
    else if (bare !== undefined) top?.push(bare === 'NULL' ? null : decodeText(bare, element));
  }
  return stack[0]?.[0];
}

/** A parameter from JSON, in text format. */
export function encodeParam(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return `{${value.map(encodeElement).join(',')}}`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function encodeElement(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (Array.isArray(value)) return encodeParam(value) ?? 'NULL';
  const text = encodeParam(value) ?? '';
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
