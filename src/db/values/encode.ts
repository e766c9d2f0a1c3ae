import type { Param } from '../driver.ts';
import { type Nested, writeArray } from './array-literal.ts';

/**
 * A JavaScript value as a parameter in text format: dates as ISO 8601 in UTC, bytes as they are, arrays as Postgres arrays, other
 * objects as JSON. (An array meant for a JSON column must come as JSON text: its look does not tell which it is.)
 */
export function encodeParam(value: unknown): Param {
  if (value === null) return null;
  if (value instanceof Uint8Array) return value;
  if (value === undefined) throw new TypeError('undefined is not a value that a parameter can have; use null');
  return Array.isArray(value) ? writeArray(value as Nested<unknown>, encodeText) : encodeText(value);
}

function encodeText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return encodeBytes(value);
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  if (value === undefined || typeof value === 'function' || typeof value === 'symbol') {
    throw new TypeError(`a parameter can't be a ${typeof value}`);
  }
  return String(value);
}

/** Bytes in bytea's hex form. */
export const encodeBytes = (bytes: Uint8Array): string =>
  `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`;
