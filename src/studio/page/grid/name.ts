/** Words that mean something else where the dialect expects a column. */
const taken = new Set(['select', 'order', 'limit', 'offset', 'and', 'or', 'not', 'columns', 'on_conflict', 'cursor']);

/** A column's name in an address, quoted where it would be read as something else. */
export const named = (name: string): string => (/^[a-z_]\w*$/i.test(name) && !taken.has(name) ? name : quoted(name));

/** A name or a value as the dialect quotes it. */
export const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
