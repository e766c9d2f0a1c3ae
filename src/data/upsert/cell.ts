import type { PgColumn } from 'drizzle-orm/pg-core';

/** Why a value does not fit its column, in words that follow "is": never the value itself, which may be private. */
export class Misfit {
  constructor(readonly reason: string) {}
}

/** A value in Postgres's text format, as COPY and casts read it. Throws a Misfit. */
export type CellEncoder = (value: unknown) => string;

const INTEGER_LIMITS: Readonly<Record<string, number>> = {
  smallint: 2 ** 15,
  smallserial: 2 ** 15,
  integer: 2 ** 31,
  serial: 2 ** 31,
  bigint: Number.MAX_SAFE_INTEGER + 1,
  bigserial: Number.MAX_SAFE_INTEGER + 1,
};

/** The encoder for a column, chosen once and used for every row; it refuses what the column's TypeScript type does not allow. */
export function encoderOf(column: PgColumn): CellEncoder {
  const element = scalarEncoder(column);
  return column.dimensions > 0 ? (value) => arrayLiteral(value, element) : element;
}

function scalarEncoder(column: PgColumn): CellEncoder {
  const type = column.getSQLType();
  if (column.columnType === 'PgJsonb' || column.columnType === 'PgJson') return encodeJson;
  if (type === 'boolean') return encodeBoolean;
  const limit = INTEGER_LIMITS[type];
  const kind = column.dataType.split(' ', 1)[0];
  if (kind === 'number') return limit === undefined ? encodeNumber : integerWithin(limit, type);
  if (kind === 'bigint') return encodeBigint;
  if (column.enumValues) return oneOf(column.enumValues);
  if (kind === 'string') return textWithin(column.length, column);
  return (value) => textOf(mapped(column, value));
}

function encodeJson(value: unknown): string {
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new Misfit('not a JSON value');
  return text;
}

function encodeBoolean(value: unknown): string {
  if (typeof value !== 'boolean') throw wrongType(value, 'boolean');
  return value ? 't' : 'f';
}

function encodeNumber(value: unknown): string {
  if (typeof value !== 'number') throw wrongType(value, 'number');
  return String(value);
}

function integerWithin(limit: number, type: string): CellEncoder {
  return (value) => {
    if (typeof value !== 'number') throw wrongType(value, 'number');
    if (!Number.isInteger(value)) throw new Misfit('not a whole number');
    if (value >= limit || value < -limit) throw new Misfit(`out of range for ${type}`);
    return String(value);
  };
}

function encodeBigint(value: unknown): string {
  if (typeof value !== 'bigint' && typeof value !== 'number') throw wrongType(value, 'bigint');
  return String(value);
}

function oneOf(allowed: readonly string[]): CellEncoder {
  const known = new Set(allowed);
  return (value) => {
    if (typeof value === 'string' && known.has(value)) return value;
    throw new Misfit(`none of ${allowed.join(', ')}`);
  };
}

function textWithin(length: number | undefined, column: PgColumn): CellEncoder {
  return (value) => {
    const text = value instanceof Date ? mapped(column, value) : value;
    if (typeof text !== 'string') throw wrongType(value, 'string');
    // Postgres counts characters where JavaScript counts UTF-16 units, so only the certain case is refused here.
    if (length !== undefined && text.length > length && [...text].length > length) {
      throw new Misfit(`longer than ${length} characters`);
    }
    return text;
  };
}

/** The column's own mapping (dates, points, custom types); it throws a TypeError at a value of another kind. */
function mapped(column: PgColumn, value: unknown): unknown {
  try {
    return column.mapToDriverValue(value);
  } catch {
    throw wrongType(value, column.getSQLType());
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  if (typeof value === 'object') return encodeJson(value);
  return String(value);
}

/** `{1,NULL,{…}}`; every element is quoted, so no element's text can end it. */
function arrayLiteral(value: unknown, element: CellEncoder): string {
  // The first Drizzle line maps arrays to their literal itself.
  if (!Array.isArray(value)) throw wrongType(value, 'array');
  const items = value.map((item: unknown) => {
    if (item === null || item === undefined) return 'NULL';
    if (Array.isArray(item) && !isJsonElement(element)) return arrayLiteral(item, element);
    return `"${element(item).replace(/["\\]/g, '\\$&')}"`;
  });
  return `{${items.join(',')}}`;
}

const isJsonElement = (element: CellEncoder): boolean => element === encodeJson;

function wrongType(value: unknown, wanted: string): Misfit {
  return new Misfit(`of type ${value === null ? 'null' : typeof value}, where ${wanted} is needed`);
}
