import { invalidHeadersSetting, invalidStatusSetting } from '../errors/request-errors.ts';
import { headerText, isHeaderName } from '../header-text.ts';
import { isObject } from '../json-object.ts';

export type HeaderPair = readonly [name: string, value: string];

/** `response.headers`: a JSON array of objects with one string each, so that a header can be set more than once. */
export function headersOverride(text: string | null): readonly HeaderPair[] {
  if (text === null) return [];
  const parsed = parseJson(text);
  if (!Array.isArray(parsed)) throw invalidHeadersSetting();
  return parsed.map(headerPair);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidHeadersSetting();
  }
}

function headerPair(entry: unknown): HeaderPair {
  if (!isObject(entry)) throw invalidHeadersSetting();
  const [first, ...others] = Object.entries(entry);
  if (first === undefined || others.length > 0 || typeof first[1] !== 'string') throw invalidHeadersSetting();
  const [name, text] = [first[0], headerText(first[1])];
  if (text === null || !isHeaderName(name)) throw invalidHeadersSetting();
  return [name, text];
}

/** `response.status`: a number that HTTP can send, with anything after its digits ignored. */
export function statusOverride(text: string | null, status: number): number {
  if (text === null) return status;
  const override = Number(/^\d+/.exec(text)?.[0]);
  if (!(override >= 200 && override <= 599)) throw invalidStatusSetting();
  return override;
}
