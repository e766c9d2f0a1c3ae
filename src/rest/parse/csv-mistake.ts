import { invalidBody } from '../errors/request-errors.ts';

/** Bytes of the text that a message shows; of a longer one it shows so many. */
export const SHOWN = 100;

/** The dialect's words for a text that its grammar of CSV refuses; `rest` begins with what is wrong. */
export const csvMistake = (reason: string, rest = '') => invalidBody(`parse error (${reason}) at ${shown(rest)}`);

/** As Haskell shows the bytes of a text; a long one is cut off and shown as it is. */
function shown(rest: string): string {
  const bytes = Buffer.from(rest);
  if (bytes.length > SHOWN) return `${bytes.subarray(0, SHOWN).toString()} (truncated)`;
  const escaped = bytes.reduce((text, byte) => text + (escapes[byte] ?? plain(byte, text)), '');
  return `"${escaped}"`;
}

const escapes: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', 34: '\\"', 92: '\\\\' };

/** A number as an escape must not run into a digit that follows it. */
function plain(byte: number, before: string): string {
  if (byte < 32 || byte > 126) return `\\${byte}`;
  const char = String.fromCharCode(byte);
  return /\d/.test(char) && /\\\d+$/.test(before) ? `\\&${char}` : char;
}
