import type { Field, Row } from '../driver.ts';
import { readArray } from './array-literal.ts';
import type { ArrayTypes } from './types.ts';

/** Turns a cell's text into a value. */
export type Parser = (text: string) => unknown;

/** Parsers by type OID. Types without one stay text: numeric and int8 would lose digits as numbers. */
export type Parsers = Record<number, Parser | undefined>;

const asNumber: Parser = Number;
const asJson: Parser = (text) => JSON.parse(text);
const asDate: Parser = (text) => new Date(text);

/** What postgres.js decodes without being told: small numbers, booleans, JSON, bytes and dates. */
export const defaultParsers = (): Parsers => ({
  16: (text) => text === 't',
  17: (text) => Buffer.from(text.slice(2), 'hex'),
  21: asNumber,
  23: asNumber,
  26: asNumber,
  700: asNumber,
  701: asNumber,
  114: asJson,
  3802: asJson,
  1082: asDate,
  1114: asDate,
  1184: asDate,
});

const asIs: Parser = (text) => text;

/** A decoder for rows with these fields. */
export function rowDecoder(fields: readonly Field[], parsers: Parsers, arrays: ArrayTypes): (row: Row) => unknown[] {
  const columns = fields.map((field) => columnParser(field.type, parsers, arrays));
  return (row) =>
    row.map((cell, index) => {
      const parse = columns[index];
      return cell === null || parse === undefined ? cell : parse(cell);
    });
}

function columnParser(type: number, parsers: Parsers, arrays: ArrayTypes): Parser | undefined {
  const parser = parsers[type];
  if (parser !== undefined) return parser;
  const array = arrays.get(type);
  if (array === undefined) return undefined;
  const element = parsers[array.element] ?? asIs;
  return (text) => readArray(text, element, array.delimiter);
}
