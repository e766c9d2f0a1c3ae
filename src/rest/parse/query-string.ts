/** A name and its decoded value; null where the parameter has no `=`. */
export type QueryPair = readonly [name: string, value: string | null];

const ampersand = 38;
const semicolon = 59;
const equals = 61;

/**
 * The parameters of a raw query string, in order, duplicates kept. Both `&` and `;` separate; `+` is a space; a stray `%` stands
 * for itself; bytes that are no UTF-8 become U+FFFD. Never throws.
 */
export function parseQueryString(raw: string): readonly QueryPair[] {
  const query = raw.startsWith('?') ? raw.slice(1) : raw;
  const pairs: QueryPair[] = [];
  let start = 0;
  let separator = -1;
  for (let at = 0; at <= query.length; at++) {
    const code = at === query.length ? ampersand : query.charCodeAt(at);
    if (code === equals && separator < 0) separator = at;
    if (code !== ampersand && code !== semicolon) continue;
    if (at > start || at < query.length) pairs.push(pair(query, start, separator, at));
    start = at + 1;
    separator = -1;
  }
  return pairs;
}

function pair(query: string, start: number, separator: number, end: number): QueryPair {
  if (separator < 0) return [decode(query.slice(start, end)), null];
  return [decode(query.slice(start, separator)), decode(query.slice(separator + 1, end))];
}

function decode(text: string): string {
  return percentDecode(text.includes('+') ? text.replaceAll('+', ' ') : text);
}

/** Decodes what is valid and keeps what is not. */
export function percentDecode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return decodeLeniently(text);
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function decodeLeniently(text: string): string {
  const bytes = encoder.encode(text);
  const decoded = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const high = hexDigit(bytes[at + 1]);
    const low = hexDigit(bytes[at + 2]);
    const escaped = bytes[at] === 0x25 && high >= 0 && low >= 0;
    decoded[length++] = escaped ? high * 16 + low : (bytes[at] ?? 0);
    if (escaped) at += 2;
  }
  return decoder.decode(decoded.subarray(0, length));
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/**
 * The canonical query as `Content-Location` shows it: sorted by name, values of one name joined by commas, everything but
 * unreserved ASCII percent-encoded. Clients compare these, so even the dialect's habit of encoding each UTF-8 byte as a
 * character of its own is kept.
 */
export function canonicalQuery(pairs: readonly QueryPair[]): string {
  let query = '';
  let before: string | undefined;
  for (const [name, value] of pairs.length > 1 ? pairs.toSorted(byName) : pairs) {
    query += name === before ? ',' : `${before === undefined ? '' : '&'}${encode(name)}=`;
    if (value !== null) query += encode(value);
    before = name;
  }
  return query;
}

const byName = ([a]: QueryPair, [b]: QueryPair): number => (a === b ? 0 : compareBytes(a, b));

const ASCII = 128;

/** By hand: every response has a canonical query, and a pattern that is replaced by a function costs as much as half the parsing. */
function encode(text: string): string {
  let encoded = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= ASCII) return encoded + text.slice(from).replace(/[^\w.~-]+/g, encodeRun);
    const byte = encodedBytes[code] ?? '';
    if (byte.length === 1) continue;
    encoded += text.slice(from, at) + byte;
    from = at + 1;
  }
  return from === 0 ? text : encoded + text.slice(from);
}

function encodeRun(run: string): string {
  let encoded = '';
  for (const byte of encoder.encode(run)) encoded += encodedBytes[byte] ?? '';
  return encoded;
}

function encodeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  if (/[\w.~-]/.test(character)) return character;
  if (byte < ASCII) return `%${hex(byte)}`;
  return `%${hex(0xc0 | (byte >> 6))}%${hex(0x80 | (byte & 0x3f))}`;
}

const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0');

/** What each byte becomes. */
const encodedBytes: readonly string[] = Array.from({ length: 256 }, (_, byte) => encodeByte(byte));

/** Without them the order of UTF-16 is that of UTF-8. */
const SURROGATE = /[\ud800-\udfff]/;

function compareBytes(a: string, b: string): number {
  if (!SURROGATE.test(a) && !SURROGATE.test(b)) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
