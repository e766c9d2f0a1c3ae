/** SQL spellings of names and strings for statements that can't take parameters. */
const PLAIN = /^[a-z_][a-z0-9_$]*$/;

/** Always quoted: safe for every name. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const qualified = (schema: string, name: string): string => `${identifier(schema)}.${identifier(name)}`;

export const literal = (value: string): string =>
  value.includes('\\')
    ? ` E'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
    : `'${value.replaceAll("'", "''")}'`;

/** For people: unquoted where Postgres would read it the same. */
export const readable = (name: string): string => (PLAIN.test(name) ? name : identifier(name));
