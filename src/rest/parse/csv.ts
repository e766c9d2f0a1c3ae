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
  do {
    const line = reader.line();
    if (line.length > 1 || line[0] !== '') lines.push(line);
  } while (reader.endLine());
  if (!reader.atEnd) throw reader.mistake();
  return { header, lines };
}

/** What ends a cell without quotes. */
const CELL_END = /[",\r\n]/g;

/** More of the text than this is not shown in a message. */
const SHOWN = 100;

class CsvReader {
  private at = 0;

  constructor(private readonly text: string) {}

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  line(): string[] {
    const cells = [this.cell()];
    while (this.text[this.at] === ',') {
      this.at++;
      cells.push(this.cell());
    }
    return cells;
  }

  /** Passes the end of a line, if one is here. */
  endLine(): boolean {
    const char = this.text[this.at];
    if (char !== '\n' && char !== '\r') return false;
    this.at += char === '\r' && this.text[this.at + 1] === '\n' ? 2 : 1;
    return true;
  }

  /** The dialect's words for what should not be here. */
  mistake(): Error {
    return this.atEnd
      ? invalidBody('parse error (not enough input) at ""')
      : invalidBody(`parse error (Failed reading: satisfy) at ${shown(this.text.slice(this.at, this.at + SHOWN + 1))}`);
  }

  private cell(): string {
    return this.text[this.at] === '"' ? this.quoted() : this.bare();
  }

  private bare(): string {
    CELL_END.lastIndex = this.at;
    const end = CELL_END.exec(this.text)?.index ?? this.text.length;
    const cell = this.text.slice(this.at, end);
    this.at = end;
    return cell;
  }

  private quoted(): string {
    const start = this.at + 1;
    const { text } = this;
    let close = text.indexOf('"', start);
    while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
    this.at = close < 0 ? text.length : close + 1;
    return text.slice(start, this.at - 1).replaceAll('""', '"');
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
