import { csvMistake, SHOWN } from './csv-mistake.ts';

const QUOTE = 34;
const COMMA = 44;
const LF = 10;
const CR = 13;

/** What ends a cell without quotes. */
const endsCell = (code: number): boolean => code === COMMA || code === LF || code === CR || code === QUOTE;

/** Where a piece of the text ended: before a cell, in one without quotes, in quotes, or behind a quote that may close them. */
type Place = typeof START | typeof BARE | typeof QUOTED | typeof CLOSED;
const START = 0;
const BARE = 1;
const QUOTED = 2;
const CLOSED = 3;

/** The cells of a line, those beyond the header's left out, and the number of its first line in the text, from 1. */
export type TakeRecord = (cells: readonly string[], line: number) => void;

/**
 * Reads CSV piece by piece, by the dialect's own grammar, which is not RFC 4180 to the letter: a lone CR ends a line too; a quote only
 * stands at the start of a cell; one that nothing closes takes all that follows but its last character. A header without an end is an
 * error. Holds no more than one record.
 * Source: the grammar of Haskell's cassava, which PostgREST reads CSV with.
 */
export class CsvReader {
  /** Where it is: the line that the next character stands in, from 1. */
  line = 1;
  readonly #header: (cells: readonly string[]) => void;
  readonly #record: TakeRecord;
  #place: Place = START;
  #cell = '';
  #cells: string[] = [];
  /** Cells of a record that are kept. */
  #most = Number.POSITIVE_INFINITY;
  #headless = true;
  /** The line where the record begins. */
  #begun = 1;
  /** Characters of the record in earlier pieces. */
  #length = 0;
  /** The last character was a CR, to which an LF belongs. */
  #return = false;
  /** What stands where it should not, and what follows it. */
  #wrong: string | undefined;

  constructor(header: (cells: readonly string[]) => void, record: TakeRecord) {
    this.#header = header;
    this.#record = record;
  }

  /** Characters of a record that has not ended. */
  get pending(): number {
    return this.#length;
  }

  /** Takes the next piece of the text, and what follows it if it is the last. @throws DialectError PGRST102 */
  read(text: string, last: boolean): void {
    let at = 0;
    this.#length += text.length;
    if (this.#wrong === undefined) while (at < text.length) at = this.#step(text, at);
    else this.#wrong += text;
    if (this.#wrong !== undefined) this.#refuse(this.#wrong, last);
    if (last) this.#end();
  }

  #step(text: string, at: number): number {
    const code = text.charCodeAt(at);
    switch (this.#place) {
      case START:
        if (this.#endsPair(code)) return at + 1;
        if (code !== QUOTE) return this.#bare(text, at);
        this.#place = QUOTED;
        return at + 1;
      case BARE:
        return this.#bare(text, at);
      case QUOTED:
        return this.#quoted(text, at);
      case CLOSED:
        if (code !== QUOTE) return this.#close(text, at, code);
        this.#cell += '"';
        this.#place = QUOTED;
        return at + 1;
    }
  }

  /** The LF of a CRLF, whose CR ended the line. */
  #endsPair(code: number): boolean {
    const after = this.#return;
    this.#return = false;
    return after && code === LF;
  }

  #bare(text: string, start: number): number {
    let code = text.charCodeAt(start);
    let at = start;
    while (at < text.length && !endsCell(code)) code = text.charCodeAt(++at);
    this.#cell += text.slice(start, at);
    this.#place = BARE;
    return at < text.length ? this.#close(text, at, code) : at;
  }

  #quoted(text: string, start: number): number {
    let at = start;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) break;
      if (code === CR || (code === LF && !this.#return)) this.line++;
      this.#return = code === CR;
    }
    this.#cell += text.slice(start, at);
    if (at === text.length) return at;
    this.#return = false;
    this.#place = CLOSED;
    return at + 1;
  }

  /** Behind a cell: only another or the end of the line may follow. */
  #close(text: string, at: number, code: number): number {
    if (code === COMMA) this.#keep();
    else if (code === LF || code === CR) this.#endLine(text.length - at - 1, code);
    else return this.#mistake(text, at);
    return at + 1;
  }

  #keep(): void {
    if (this.#cells.length < this.#most) this.#cells.push(this.#cell);
    this.#cell = '';
    this.#place = START;
  }

  #endLine(left: number, code: number): void {
    this.line++;
    this.#return = code === CR;
    this.#length = left;
    this.#hand();
  }

  /** The record is whole. */
  #hand(): void {
    this.#keep();
    const cells = this.#cells;
    this.#cells = [];
    const line = this.#begun;
    this.#begun = this.line;
    if (this.#headless) this.#name(cells);
    else this.#record(cells, line);
  }

  #name(header: readonly string[]): void {
    this.#headless = false;
    this.#most = Math.max(2, header.length); // two tell a blank line from others
    this.#header(header);
  }

  #mistake(text: string, at: number): number {
    this.#wrong = text.slice(at);
    return text.length;
  }

  /** What follows is a part of the message, once there is enough of it. */
  #refuse(wrong: string, last: boolean): void {
    if (last || Buffer.byteLength(wrong) > SHOWN) throw csvMistake('Failed reading: satisfy', wrong);
  }

  #end(): void {
    if (this.#place === QUOTED) this.#closeAtEnd();
    if (this.#headless) throw csvMistake('not enough input');
    this.#hand();
  }

  /** As if the last byte had been the quote that closes: which it may be half of. */
  #closeAtEnd(): void {
    if (this.#cell === '') throw csvMistake('Failed reading: trailing double quote');
    if (this.#cell.endsWith('"')) throw csvMistake('Failed reading: insufficient input');
    this.#cell = this.#cell.slice(0, -1);
  }
}
