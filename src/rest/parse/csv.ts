import { invalidBody } from '../errors/request-errors.ts';

/**
 * Reads CSV by the dialect's own grammar, which is not RFC 4180 to the letter: a lone CR ends a line too; a quote only stands at the
 * start of a cell; one that nothing closes takes all that follows but its last character. A first line without an end is an
 * error, blank lines are none.
 * Source: the grammar of Haskell's cassava, which PostgREST reads CSV with.
 */
export function readCsv(text: string): { readonly header: readonly string[]; readonly lines: readonly string[][] } {
  const reader = new CsvReader(text);
  const header = reader.line();
  if (!reader.endLine()) throw reader.mistake();
  const lines: string[][] = [];
  // two tell a blank line from others
  const most = Math.max(2, header.length);
  do {
    const line = reader.line(most);
    if (line.length > 1 || line[0] !== '') lines.push(line);
  } while (reader.endLine());
  if (!reader.atEnd) throw reader.mistake();
  return { header, lines };
}

const QUOTE = 34;
const COMMA = 44;
const LF = 10;
const CR = 13;

/** What ends a cell without quotes. */
const endsCell = (code: number): boolean => code === COMMA || code === LF || code === CR || code === QUOTE;

/** More of the text than this is not shown in a message. */
const SHOWN = 100;

class CsvReader {
  private at = 0;

  constructor(private readonly text: string) {}

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** The cells of a line; what comes after `most` of them is passed over. */
  line(most = Number.POSITIVE_INFINITY): string[] {
    const cells = [this.cell()];
    while (this.text.charCodeAt(this.at) === COMMA) {
      this.at++;
      const cell = this.cell();
      if (cells.length < most) cells.push(cell);
    }
    return cells;
  }

  /** Passes the end of a line, if one is here. */
  endLine(): boolean {
    const code = this.text.charCodeAt(this.at);
    if (code !== LF && code !== CR) return false;
    this.at += code === CR && this.text.charCodeAt(this.at + 1) === LF ? 2 : 1;
    return true;
  }

  /** The dialect's words for what should not be here. */
  mistake(): Error {
    return this.atEnd
      ? invalidBody('parse error (not enough input) at ""')
      : invalidBody(`parse error (Failed reading: satisfy) at ${shown(this.text.slice(this.at, this.at + SHOWN + 1))}`);
  }

  private cell(): string {
    return this.text.charCodeAt(this.at) === QUOTE ? this.quoted() : this.bare();
  }

  private bare(): string {
    const { text, at: start } = this;
    let end = start;
    while (end < text.length && !endsCell(text.charCodeAt(end))) end++;
    this.at = end;
    return text.slice(start, end);
  }

  private quoted(): string {
    const start = this.at + 1;
    const { text } = this;
    let close = text.indexOf('"', start);
    const whole = close;
    while (close >= 0 && text.charCodeAt(close + 1) === QUOTE) close = text.indexOf('"', close + 2);
    this.at = close < 0 ? text.length : close + 1;
    const cell = text.slice(start, this.at - 1);
    return close === whole ? cell : cell.replaceAll('""', '"');
  }
}

/** As Haskell shows the bytes of a text; a long one is cut off and shown as it is. */
function shown(rest: string): string {
  const bytes = Buffer.from(rest);
  if (bytes.length > SHOWN) return `${bytes.subarray(0, SHOWN).toString()} (truncated)`;
  const escaped = bytes.reduce((text, byte) => text + (escapes[byte] ?? plain(byte, text)), '');
  return `"${escaped}"`;
}

const escapes: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', 34: '\\"', 92: '\\\\' };

/** A number as an escape must not run into a digit that follows it. */
function plain(byte: number, before: string): string {
  if (byte < 32 || byte > 126) return `\\${byte}`;
  const char = String.fromCharCode(byte);
  return /\d/.test(char) && /\\\d+$/.test(before) ? `\\&${char}` : char;
}
