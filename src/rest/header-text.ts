/**
 * Text as the dialect puts it into a header: its UTF-8 bytes as they are. (JavaScript's headers take one character for each
 * byte.) Null for what can't stand in a header: line breaks and other controls.
 */
export function headerText(text: string): string | null {
  if (/^[\t\x20-\x7e]*$/.test(text)) return text;
  return /^[\t\x20-\x7e\x80-\u{10ffff}]*$/u.test(text) ? Buffer.from(text).toString('latin1') : null;
}

/** A header's name by HTTP's grammar. */
export const isHeaderName = (name: string): boolean => /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name);
