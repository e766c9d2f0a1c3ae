/**
 * A statement's text without what differs from call to call: literals, lists of parameters or literals, comments,
 * whitespace, the numbers in savepoints' names. So that statements can be counted together and shown without values.
 */
export function normalise(text: string): string {
  return text
    .replace(TOKENS, (token) => (token.startsWith('"') ? token : isComment(token) ? ' ' : '?'))
    .replace(/\b(savepoint)\s+\w+/gi, '$1 ?')
    .replace(/\s+/g, ' ')
    .replace(LIST, '($1, …)')
    .replace(ROWS, '$1, …')
    .trim();
}

/** Quoted identifiers (kept), dollar-quoted and quoted strings, comments, numbers that are no part of a name or `$1`. */
const TOKENS =
  /"(?:[^"]|"")*"|(\$\w*\$)[\s\S]*?\1|\b[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\/|(?<![\w$."])\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b/g;

const isComment = (token: string): boolean => token.startsWith('--') || token.startsWith('/*');

/** `(?, ?, ?)`, `($1, $2)`: however long. */
const LIST = /\(\s*(\$\d+|\?)(?:\s*,\s*(?:\$\d+|\?|default))+\s*\)/gi;

/** `(?, …), (?, …)`: the rows of an INSERT. */
const ROWS = /(\((?:\$\d+|\?), …\))(?:, \((?:\$\d+|\?), …\))+/g;
