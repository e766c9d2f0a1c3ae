/**
 * A strong entity tag of a body. One row has the same tag as an object and as a list of one, so that a client may read it
 * either way and still name it in `If-Match`.
 */
export function entityTag(body: string | Uint8Array): string {
  const content = typeof body === 'string' && body.startsWith('[') && body.endsWith(']') ? body.slice(1, -1) : body;
  return `"${Bun.hash(content).toString(36)}"`;
}

/** Whether any of the tags, as a conditional header lists them, means this one (RFC 9110, 8.8.3.2, weakly compared). */
export function tagMatches(tags: readonly string[], tag: string): boolean {
  return tags.some((candidate) => candidate === '*' || candidate.replace(/^W\//, '') === tag);
}
