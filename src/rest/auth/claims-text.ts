import { isObject } from '../parse/json-text.ts';

/** A number as its token has it: JavaScript would round one of more than 15 digits. */
class Verbatim {
  constructor(readonly source: string) {}
}

/** A token's claims with the role among them, as SQL sees them: keys sorted, as PostgREST writes them, numbers to the last digit. */
export function claimsText(json: string, role: string): string {
  const claims: unknown = JSON.parse(json, verbatim);
  return write({ ...(isObject(claims) ? claims : {}), role });
}

function verbatim(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' && context?.source !== undefined ? new Verbatim(context.source) : value;
}

function write(value: unknown): string {
  if (value instanceof Verbatim) return value.source;
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  return isObject(value) ? writeObject(value) : JSON.stringify(value);
}

function writeObject(object: Readonly<Record<string, unknown>>): string {
  const pairs = Object.keys(object)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${write(object[key])}`);
  return `{${pairs.join(',')}}`;
}
