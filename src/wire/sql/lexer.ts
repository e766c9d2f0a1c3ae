import { unquoted } from '../../db/quoting.ts';

/**
 * The lexical structure of SQL, as "Lexical Structure" in the Postgres manual has it: enough to tell one statement from the
 * next, and words from what only looks like them inside strings, comments and quoted names. Whether the SQL is right is
 * Postgres's to say.
 */

export type TokenKind = 'word' | 'quoted' | 'string' | 'symbol';

export interface Token {
  readonly kind: TokenKind;
  /** A word in lower case, a quoted name without its quotes, a symbol as it is; a string's literal text. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** How many parentheses it stands in. */
  readonly depth: number;
}

/** One statement of a query text: its tokens, without the semicolon after it. */
export interface StatementText {
  readonly tokens: readonly Token[];
  readonly start: number;
  readonly end: number;
}

const SPACE = /[ \t\r\n\f\v]+/y;
const LINE_COMMENT = /--[^\r\n]*/y;
const WORD = /[a-z_\u0080-\uffff][\w$\u0080-\uffff]*/iy;
const NUMBER_OR_PARAMETER = /\$?\d[\w.]*/y;
const DOLLAR_TAG = /\$(?:[a-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/iy;
const QUOTED = /"(?:[^"]|"")*"?/y;
const PLAIN_STRING = /'(?:[^']|'')*'?/y;
const ESCAPE_STRING = /'(?:[^'\\]|\\[\s\S]|'')*'?/y;
/** Prefixes that are part of a string: E'…', B'…', X'…', N'…', U&'…'. */
const STRING_PREFIX = /(?:[bxn]|u&)?(?=')/iy;
const ESCAPE_PREFIX = /e(?=')/iy;

/** Splits a query text into its statements; empty ones are left out. */
export function statementsOf(sql: string): readonly StatementText[] {
  return new Lexer(sql).run();
}

class Lexer {
  private at = 0;
  private depth = 0;
  private tokens: Token[] = [];
  private readonly statements: StatementText[] = [];

  constructor(private readonly sql: string) {}

  run(): readonly StatementText[] {
    while (this.at < this.sql.length) this.step();
    this.endStatement();
    return this.statements;
  }

  private step(): void {
    if (this.skip(SPACE) || this.skip(LINE_COMMENT) || this.blockComment()) return;
    if (this.string() || this.quoted() || this.dollarString()) return;
    if (this.take(WORD, 'word') || this.take(NUMBER_OR_PARAMETER, 'symbol')) return;
    this.symbol();
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    return pattern.exec(this.sql)?.[0];
  }

  private skip(pattern: RegExp): boolean {
    const found = this.match(pattern);
    if (found === undefined) return false;
    this.at += found.length;
    return true;
  }

  private take(pattern: RegExp, kind: TokenKind): boolean {
    const found = this.match(pattern);
    if (found === undefined) return false;
    this.push(kind, kind === 'word' ? found.toLowerCase() : found, found.length);
    return true;
  }

  private push(kind: TokenKind, text: string, length: number): void {
    this.tokens.push({ kind, text, start: this.at, end: this.at + length, depth: this.depth });
    this.at += length;
  }

  /** Comments nest. */
  private blockComment(): boolean {
    if (!this.sql.startsWith('/*', this.at)) return false;
    let open = 0;
    do {
      const opens = this.sql.startsWith('/*', this.at);
      const closes = this.sql.startsWith('*/', this.at);
      open += opens ? 1 : closes ? -1 : 0;
      this.at += opens || closes ? 2 : 1;
    } while (open > 0 && this.at < this.sql.length);
    return true;
  }

  private string(): boolean {
    const escaped = this.match(ESCAPE_PREFIX);
    const prefix = escaped ?? this.match(STRING_PREFIX);
    if (prefix === undefined) return false;
    const start = this.at;
    this.at += prefix.length;
    const body = this.match(escaped === undefined ? PLAIN_STRING : ESCAPE_STRING) ?? '';
    this.at = start;
    this.push('string', body.slice(1, -1).replaceAll("''", "'"), prefix.length + body.length);
    return true;
  }

  private quoted(): boolean {
    const found = this.match(QUOTED);
    if (found === undefined) return false;
    this.push('quoted', unquoted(found), found.length);
    return true;
  }

  private dollarString(): boolean {
    const tag = this.match(DOLLAR_TAG);
    if (tag === undefined) return false;
    const close = this.sql.indexOf(tag, this.at + tag.length);
    const end = close < 0 ? this.sql.length : close + tag.length;
    this.push('string', this.sql.slice(this.at + tag.length, close < 0 ? end : close), end - this.at);
    return true;
  }

  private symbol(): void {
    const text = this.sql.charAt(this.at);
    if (text === ';' && this.depth === 0) {
      this.endStatement();
      this.at += 1;
      return;
    }
    if (text === ')' && this.depth > 0) this.depth -= 1;
    this.push('symbol', text, 1);
    if (text === '(') this.depth += 1;
  }

  private endStatement(): void {
    const first = this.tokens[0];
    const last = this.tokens.at(-1);
    if (first !== undefined && last !== undefined) {
      this.statements.push({ tokens: this.tokens, start: first.start, end: last.end });
    }
    this.tokens = [];
    this.depth = 0;
  }
}
