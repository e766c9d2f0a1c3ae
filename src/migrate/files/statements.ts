/**
 * Splits SQL text into its statements, each with its exact place in the text, the way Postgres's own lexer would: quoted
 * strings (also `E''` with backslashes), quoted identifiers, dollar quotes, nested comments, parentheses (`CREATE RULE … DO
 * (a; b)`) and `BEGIN ATOMIC … END` bodies hide semicolons. Drizzle's `--> statement-breakpoint` also ends a statement.
 */
export interface SqlStatement {
  /** The statement without surrounding white space, leading comments and its semicolon. */
  readonly text: string;
  /** Index of its first character in the whole text. */
  readonly offset: number;
}

export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

const BREAKPOINT = '--> statement-breakpoint';

interface Scan {
  readonly sql: string;
  at: number;
  /** Open parentheses. */
  depth: number;
  /** Where the current statement's first token stands; -1 before it. */
  start: number;
  /** End of the current statement's last token. */
  end: number;
  /** Upper-case words of the current statement that decide about `BEGIN ATOMIC`. */
  lastWord: string;
  /** Open `BEGIN ATOMIC` and `CASE` blocks. */
  blocks: number;
  readonly found: SqlStatement[];
}

/** @returns the statements in order; empty ones and pure comments are left out. */
export function splitStatements(sql: string): readonly SqlStatement[] {
  const scan: Scan = { sql, at: 0, depth: 0, start: -1, end: 0, lastWord: '', blocks: 0, found: [] };
  while (scan.at < sql.length) step(scan);
  finish(scan);
  return scan.found;
}

/** The line and column of an index of the text. */
export function placeOf(sql: string, offset: number): Place {
  const before = sql.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n') };
}

function step(scan: Scan): void {
  const { sql, at } = scan;
  const char = sql[at] ?? '';
  if (char <= ' ' || char === '\uFEFF') scan.at++;
  else if (sql.startsWith('--', at)) skipLineComment(scan);
  else if (sql.startsWith('/*', at)) scan.at = blockCommentEnd(sql, at);
  else if (char === ';' && scan.depth === 0 && scan.blocks === 0) endAtSemicolon(scan);
  else token(scan, char);
}

function skipLineComment(scan: Scan): void {
  const isBreakpoint = scan.sql.startsWith(BREAKPOINT, scan.at);
  const newline = scan.sql.indexOf('\n', scan.at);
  if (isBreakpoint) finish(scan);
  // Drizzle puts nothing but white space behind the marker; a statement on the same line is still one.
  if (isBreakpoint) scan.at += BREAKPOINT.length;
  else scan.at = newline < 0 ? scan.sql.length : newline + 1;
}

function endAtSemicolon(scan: Scan): void {
  finish(scan);
  scan.at++;
}

function finish(scan: Scan): void {
  if (scan.start >= 0) scan.found.push({ text: scan.sql.slice(scan.start, scan.end), offset: scan.start });
  scan.start = -1;
  scan.depth = 0;
  scan.blocks = 0;
  scan.lastWord = '';
}

function token(scan: Scan, char: string): void {
  if (scan.start < 0) scan.start = scan.at;
  const end = tokenEnd(scan, char);
  scan.at = end;
  scan.end = end;
}

function tokenEnd(scan: Scan, char: string): number {
  const { sql, at } = scan;
  if (char === "'") return quoteEnd(sql, at, "'", false);
  if (char === '"') return quoteEnd(sql, at, '"', false);
  if ((char === 'e' || char === 'E') && sql[at + 1] === "'") return quoteEnd(sql, at + 1, "'", true);
  if (char === '$') return dollarEnd(sql, at);
  if (isWordStart(char)) return word(scan);
  if (char === '(') scan.depth++;
  if (char === ')') scan.depth = Math.max(0, scan.depth - 1);
  return at + 1;
}

const isWordStart = (char: string): boolean => /[\p{L}_]/u.test(char);
const WORD = /[\p{L}\p{N}_$]+/uy;

function word(scan: Scan): number {
  WORD.lastIndex = scan.at;
  const text = (WORD.exec(scan.sql)?.[0] ?? scan.sql[scan.at] ?? '').toUpperCase();
  const opens = text === 'ATOMIC' && scan.lastWord === 'BEGIN';
  if (opens || (scan.blocks > 0 && text === 'CASE')) scan.blocks++;
  else if (scan.blocks > 0 && text === 'END') scan.blocks--;
  scan.lastWord = text;
  return scan.at + text.length;
}

function quoteEnd(sql: string, at: number, quote: string, backslashes: boolean): number {
  for (let i = at + 1; i < sql.length; i++) {
    if (backslashes && sql[i] === '\\') i++;
    else if (sql[i] === quote && sql[i + 1] === quote) i++;
    else if (sql[i] === quote) return i + 1;
  }
  return sql.length;
}

const DOLLAR_TAG = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy;

function dollarEnd(sql: string, at: number): number {
  DOLLAR_TAG.lastIndex = at;
  const tag = DOLLAR_TAG.exec(sql)?.[0];
  if (tag === undefined) return at + 1;
  const close = sql.indexOf(tag, at + tag.length);
  return close < 0 ? sql.length : close + tag.length;
}

function blockCommentEnd(sql: string, at: number): number {
  let depth = 0;
  for (let i = at; i < sql.length; i++) {
    if (sql.startsWith('/*', i)) {
      depth++;
      i++;
    } else if (sql.startsWith('*/', i)) {
      depth--;
      i++;
      if (depth === 0) return i + 1;
    }
  }
  return sql.length;
}

/** The statement's words with comments and string contents taken out, for looking at what it is. */
export function skeleton(text: string): string {
  const parts: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = inertEnd(text, at);
    parts.push(end > at ? ' ' : (text[at] ?? ''));
    at = end > at ? end : at + 1;
  }
  return parts.join('').replace(/\s+/g, ' ').trim();
}

/** The end of a comment or string constant that begins here, or `at` itself. */
function inertEnd(text: string, at: number): number {
  if (text.startsWith('--', at)) {
    const newline = text.indexOf('\n', at);
    return newline < 0 ? text.length : newline;
  }
  if (text.startsWith('/*', at)) return blockCommentEnd(text, at);
  if (text[at] === "'") return quoteEnd(text, at, "'", /[eE]/.test(text[at - 1] ?? ''));
  if (text[at] === '$') {
    const end = dollarEnd(text, at);
    return end === at + 1 ? at : end;
  }
  return at;
}
