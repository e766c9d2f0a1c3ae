import { tooComplex } from '../errors/extension-errors.ts';
import { invalidBody } from '../errors/request-errors.ts';
import { limits } from './limits.ts';

export function readJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (!hasLoneSurrogate(text, value)) return value;
  } catch {
    // answered below
  }
  throw invalidBody('Empty or invalid json');
}

/** JavaScript reads the escape of half a character, which neither the dialect nor Postgres does; it writes it as that escape. */
function hasLoneSurrogate(text: string, value: unknown): boolean {
  return /\\ud[89a-f]/i.test(text) && /(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(JSON.stringify(value));
}

const openBracket = 91;
const openBrace = 123;
const closeBracket = 93;
const closeBrace = 125;
const quote = 34;
const backslash = 92;

/** Deep nesting costs a parser its stack, ours as well as Postgres's. */
export function refuseDepth(text: string): void {
  if (isDeep(text)) throw tooComplex('levels of nested JSON', limits.jsonDepth);
}

/** Whether objects and arrays are nested deeper than a request may have them. */
export function isDeep(text: string): boolean {
  if (text.length <= limits.jsonDepth) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) at = stringEnd(text, at);
    else if (code === openBrace || code === openBracket) depth++;
    else if (code === closeBrace || code === closeBracket) depth--;
    if (depth > limits.jsonDepth) return true;
  }
  return false;
}

/** Where the string that opens here closes; the end of the text where it does not. */
function stringEnd(text: string, open: number): number {
  let end = text.indexOf('"', open + 1);
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end;
}

function isEscaped(text: string, at: number): boolean {
  let before = at - 1;
  while (text.charCodeAt(before) === backslash) before--;
  return (at - before) % 2 === 0;
}
