/** A name as the grammar wants it: quoted where it has to be. */
export function grammarName(name: string): string {
  if (/^[\p{L}\p{N}_$]+( +[\p{L}\p{N}_$]+)*(-[\p{L}\p{N}_$]+)*$/u.test(name)) return name;
  return `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** A parameter of the query string. */
export const parameter = (name: string, value: string): string =>
  `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
