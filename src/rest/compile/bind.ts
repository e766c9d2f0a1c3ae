import type { Param, Statement } from '../../db/driver.ts';
import type { ApiRequest, Literal, Range } from '../parse/types.ts';
import { readCursor } from '../plan/cursor-token.ts';
import type { Value } from '../plan/types.ts';
import type { Template } from './statement.ts';

/** A compiled statement with one request's values in place. */
export function bind(template: Template, request: ApiRequest): Statement {
  const params = template.values.map((value) => parameter(value, request));
  return { text: template.text, params, prepare: template.recurring };
}

/** One value of a request, in Postgres's text format. */
export function parameter(value: Value, request: ApiRequest): Param {
  switch (value.from) {
    case 'literal':
      return text(request.literals[value.slot]);
    case 'pattern':
      return text(request.literals[value.slot]).replaceAll('*', '%');
    case 'list':
      return listLiteral(request.literals[value.slot]);
    case 'variadic':
      return arrayLiteral(value.slots.map((slot) => text(request.literals[slot])));
    case 'arguments':
      return JSON.stringify(Object.fromEntries(value.of.map(([name, slot]) => [name, text(request.literals[slot])])));
    case 'form':
      return formValue(request, value.key, value.variadic);
    case 'form-json':
      return JSON.stringify(Object.fromEntries(formPairs(request)));
    case 'body':
      return bodyText(request);
    case 'raw':
      return bodyBytes(request);
    case 'max-affected':
      return String(request.preferences.maxAffected ?? 0);
    case 'limit':
      return limitText(rangeAt(request, value.level), value.max);
    case 'offset':
      return integerText(rangeAt(request, value.level).offset);
    case 'cursor':
      return request.cursor === null ? null : (readCursor(request.cursor).values[value.index] ?? null);
    case 'last-row':
      return String(Math.max(0, Number(limitText(request.range, value.max)) - 1));
    case 'text':
      return value.text;
  }
}

const text = (literal: Literal | undefined): string => (typeof literal === 'string' ? literal : '');

/** `in.()` is the empty list, although its only element reads as an empty string. */
function listLiteral(literal: Literal | undefined): string {
  const items = literal === undefined || typeof literal === 'string' ? [] : literal;
  return items.length === 1 && items[0] === '' ? '{}' : arrayLiteral(items);
}

function arrayLiteral(items: readonly string[]): string {
  return `{${items.map((item) => `"${item.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`;
}

function formPairs(request: ApiRequest): readonly (readonly [string, string])[] {
  return request.payload?.kind === 'form' ? request.payload.pairs : [];
}

function formValue(request: ApiRequest, key: string, variadic: boolean): string | null {
  const values = formPairs(request).flatMap(([name, value]) => (name === key ? [value] : []));
  return variadic ? arrayLiteral(values) : (values.at(-1) ?? null);
}

function bodyText(request: ApiRequest): string | null {
  const { payload } = request;
  return payload !== null && 'text' in payload ? payload.text : null;
}

/** Bytes as they came: Postgres itself refuses those that are no text where it wants text. */
function bodyBytes(request: ApiRequest): Param {
  return request.payload?.kind === 'raw' ? request.payload.bytes : null;
}

const WHOLE: Range = { limit: null, offset: 0 };

function rangeAt(request: ApiRequest, level: number): Range {
  return level < 0 ? request.range : (request.embedRanges[level] ?? WHOLE);
}

const limitText = ({ limit }: Range, max: number | null): string =>
  integerText(Math.min(limit ?? 0, max ?? Number.POSITIVE_INFINITY));

/** All digits, however many: JavaScript would write an exponent. */
const integerText = (value: number): string => (Number.isSafeInteger(value) ? String(value) : BigInt(value).toString());
