/** Header bytes reach us as Latin-1, a character for each; what they say is UTF-8. */
export function headerUtf8(value: string): string {
  return /^[\x20-\x7e]*$/.test(value) ? value : Buffer.from(value, 'latin1').toString('utf8');
}

/** `"a", W/"b"` or `*`. What is no entity tag matches nothing, so it is left out. */
export function entityTags(header: string | null): readonly string[] | null {
  if (header === null) return null;
  return header.trim() === '*' ? ['*'] : (header.match(/(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g) ?? []);
}

export function parseCookies(header: string | null): Readonly<Record<string, string>> {
  if (header === null) return {};
  const pairs = headerUtf8(header)
    .split(';')
    .map((pair) => pair.trim());
  return Object.fromEntries(pairs.filter((pair) => pair !== '').map(splitCookie));
}

function splitCookie(pair: string): [string, string] {
  const equals = pair.indexOf('=');
  return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1).replace(/^"(.*)"$/s, '$1')];
}
