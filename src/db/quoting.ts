/** Names and strings as SQL spells them, whatever is in them: for statements that can't take parameters. */

export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Without a schema the search path decides. */
export const qualified = (schema: string | undefined, name: string): string =>
  schema ? `${identifier(schema)}.${identifier(name)}` : identifier(name);

/** Whatever `standard_conforming_strings` says. The space in front is Postgres's own, in `quote_literal`: an E may follow a word. */
export const literal = (value: string): string =>
  value.includes('\\')
    ? ` E'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
    : `'${value.replaceAll("'", "''")}'`;

/** The name that stands in quotes in SQL. */
export const unquoted = (quoted: string): string => quoted.slice(1, -1).replaceAll('""', '"');
