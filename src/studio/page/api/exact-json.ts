interface Raw {
  readonly rawJSON: string;
}

/** Newer than TypeScript's own description of JSON: numbers can be kept as they were written. */
declare global {
  interface JSON {
    rawJSON?(text: string): Raw;
  }
}

type Context = { readonly source?: string } | undefined;

/** Digits that every number of JavaScript keeps. */
const SURE = 15;

const isKept = (value: number, source: string): boolean =>
  source.replace(/[eE].*$|\D/g, '').length <= SURE || String(value) === source;

function exact(_key: string, value: unknown, context?: Context): unknown {
  if (typeof value !== 'number' || context?.source === undefined || isKept(value, context.source)) return value;
  return JSON.rawJSON?.(context.source) ?? value;
}

/**
 * Reads JSON without rounding: a number that JavaScript cannot hold stays as it was written, and is written so again by
 * `JSON.stringify`. Browsers that cannot do so yet round it.
 */
export const parseExactly = (text: string): unknown => JSON.parse(text, exact);

export type JsonObject = Readonly<Record<string, unknown>>;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isRaw(value);

/** A number that stays as it was written. */
export const isRaw = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && 'rawJSON' in value && Object.isFrozen(value);
