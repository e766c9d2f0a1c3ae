import { refuseDepth } from './json-text.ts';
import type { Field, JsonStep, Slot } from './types.ts';

/** What a scan answers when the text is not of the grammar; the diagnosis then says why. */
export const refused = Symbol('refused');
export type Refused = typeof refused;

const tab = 9;
const space = 32;
const quote = 34;
const dash = 45;
const greater = 62;
const backslash = 92;

/** Character classes by ASCII code. */
const identifierAscii = asciiTable('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ $');
const jsonKeyReserved = asciiTable('(-:.,>)');

function asciiTable(characters: string): Uint8Array {
  const table = new Uint8Array(128);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}

/**
 * A cursor over one parameter's text, with the rules that the grammars of `select`, filters, `order` and `columns` share.
 * Made for speed: no backtracking but where the dialect has it, no allocation but for results.
 */
export class Scanner {
  at = 0;

  constructor(readonly text: string) {}

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  /** The next UTF-16 unit; NaN at the end. */
  peek(): number {
    return this.text.charCodeAt(this.at);
  }

  skipBlanks(): void {
    for (let code = this.peek(); code === space || code === tab; code = this.peek()) this.at++;
  }

  /** Takes the text if it stands here. */
  take(expected: string): boolean {
    if (!this.text.startsWith(expected, this.at)) return false;
    this.at += expected.length;
    return true;
  }

  /** A quoted or a plain name: `"any thing"`, or words of letters, digits, `_`, `$` and spaces, joined by dashes. */
  name(): string | Refused {
    return this.peek() === quote ? this.quoted() : this.dashed(true);
  }

  /** Letters, digits, `_`, `$` and spaces, trimmed; at least one. */
  identifier(): string | Refused {
    const start = this.at;
    this.at = skipIdentifier(this.text, start);
    return this.at === start ? refused : trimSpaces(this.text.slice(start, this.at));
  }

  /** `"…"` with backslash escapes; the text inside. An opening quote counts as read even where none closes. */
  quoted(): string | Refused {
    const { text } = this;
    if (this.peek() !== quote) return refused;
    const start = this.at + 1;
    let escaped = false;
    for (let at = start; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === backslash) {
        escaped = true;
        at++;
      } else if (code === quote) {
        this.at = at + 1;
        const inside = text.slice(start, at);
        return escaped ? inside.replace(/\\([\s\S])/gu, '$1') : inside;
      }
    }
    this.at = text.length;
    return refused;
  }

  /** Names in `select`, `order` and filters may have a JSON path; blanks around it are ignored. */
  field(): Field | Refused {
    this.skipBlanks();
    const name = this.name();
    if (name === refused) return refused;
    const path = this.jsonPath();
    if (path === refused) return refused;
    this.skipBlanks();
    return { name, path };
  }

  jsonPath(): readonly JsonStep[] | Refused {
    if (!this.atArrow()) return noSteps;
    const steps: JsonStep[] = [];
    while (this.atArrow()) {
      const arrow = this.take('->>') ? '->>' : '->';
      if (arrow === '->') this.at += 2;
      const step = this.#jsonStep(arrow);
      if (step === refused) return refused;
      steps.push(step);
    }
    return steps;
  }

  atArrow(): boolean {
    return this.peek() === dash && this.text.charCodeAt(this.at + 1) === greater;
  }

  #jsonStep(arrow: '->' | '->>'): JsonStep | Refused {
    const index = this.#jsonIndex();
    if (index !== undefined) return { arrow, operand: 'index', value: index };
    const key = this.peek() === quote ? this.quoted() : this.dashed(false);
    return key === refused ? refused : { arrow, operand: 'key', value: key };
  }

  /** Digits, perhaps negative, where something that may follow an index follows; else it is a key. */
  #jsonIndex(): string | undefined {
    const negative = this.peek() === dash;
    const start = negative ? this.at + 1 : this.at;
    let end = start;
    while (isDigit(this.text.charCodeAt(end))) end++;
    if (end === start || !endsIndex(this.text, end)) return undefined;
    this.at = end;
    return (negative ? '-' : '+') + this.text.slice(start, end);
  }

  /** Words joined by dashes (but not by the dash of an arrow), each trimmed. */
  protected dashed(plain: boolean): string | Refused {
    let words = '';
    for (;;) {
      const start = this.at;
      this.at = plain ? skipIdentifier(this.text, start) : skipJsonKey(this.text, start);
      if (this.at === start) return refused;
      const word = this.text.slice(start, this.at);
      words += plain ? trimSpaces(word) : word.trim();
      if (this.peek() !== dash || this.text.charCodeAt(this.at + 1) === greater) return words;
      this.at++;
      words += '-';
    }
  }
}

const noSteps: readonly JsonStep[] = Object.freeze([]);

function skipIdentifier(text: string, start: number): number {
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code < 128) {
      if (identifierAscii[code] !== 1) break;
      at++;
    } else {
      const width = letterWidth(text, at);
      if (width === 0) break;
      at += width;
    }
  }
  return at;
}

function skipJsonKey(text: string, start: number): number {
  let at = start;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code < 128 && jsonKeyReserved[code] === 1) break;
    at++;
  }
  return at;
}

/** UTF-16 units of the letter of any script that stands there; 0 where none does. */
function letterWidth(text: string, at: number): number {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  return /^\p{L}/u.test(character) ? character.length : 0;
}

function trimSpaces(word: string): string {
  const untrimmed = word.charCodeAt(0) === space || word.charCodeAt(word.length - 1) === space;
  return untrimmed ? word.replace(/^ +| +$/g, '') : word;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

function endsIndex(text: string, at: number): boolean {
  if (at >= text.length) return true;
  const code = text.charCodeAt(at);
  return code === 46 || code === 44 || text.startsWith('->', at) || text.startsWith('::', at);
}

/** Where values go as they are read, so that the tree holds slots and the shape leaves them out. */
export class Literals {
  readonly values: (string | readonly string[])[] = [];

  /** Any of them may be read as JSON. @throws DialectError HUTCH100 */
  add(value: string | readonly string[]): Slot {
    if (typeof value === 'string') refuseDepth(value);
    else value.forEach(refuseDepth);
    return this.values.push(value) - 1;
  }
}
