/**
 * Parser combinators that only find fault. Clients of the dialect see what Parsec (Daan Leijen) says of a malformed parameter,
 * so this follows Parsec's rules for which errors are kept, merged and shown: an alternative is tried only where the one before
 * read nothing, the error that lies farthest wins, errors at one place are merged.
 *
 * It is slower than the scanners by an order of magnitude and runs only on text that they refused.
 */

/** The order in which the kinds are shown. */
const kinds = { unexpectedToken: 0, unexpected: 1, expected: 2 } as const;

interface Message {
  readonly kind: (typeof kinds)[keyof typeof kinds];
  /** Of an unexpected token the character itself, empty at the end. */
  readonly text: string;
}

export interface Fault {
  /** UTF-16 offset. */
  readonly at: number;
  readonly messages: readonly Message[];
}

export interface Outcome {
  readonly ok: boolean;
  /** Whether anything was read: then no alternative is tried. */
  readonly consumed: boolean;
  /** Where it stopped. */
  readonly at: number;
  readonly fault: Fault;
}

export type Parser = (text: string, at: number) => Outcome;

const unknown = (at: number): Fault => ({ at, messages: [] });
const isUnknown = (fault: Fault): boolean => fault.messages.length === 0;

function merge(first: Fault, second: Fault): Fault {
  if (isUnknown(second) && !isUnknown(first)) return first;
  if (isUnknown(first) && !isUnknown(second)) return second;
  if (first.at !== second.at) return first.at > second.at ? first : second;
  return { at: first.at, messages: [...first.messages, ...second.messages] };
}

function expecting(fault: Fault, text: string): Fault {
  const others = fault.messages.filter((message) => message.kind !== kinds.expected);
  return { at: fault.at, messages: [{ kind: kinds.expected, text }, ...others] };
}

/** Reads nothing and succeeds. */
export const nothing: Parser = (_text, at) => ({ ok: true, consumed: false, at, fault: unknown(at) });

/** One character (by code point) of a class. */
export const satisfy =
  (accepts: (character: string) => boolean): Parser =>
  (text, at) => {
    const code = text.codePointAt(at);
    const character = code === undefined ? '' : String.fromCodePoint(code);
    if (character !== '' && accepts(character)) {
      const end = at + character.length;
      return { ok: true, consumed: true, at: end, fault: unknown(end) };
    }
    const messages = [{ kind: kinds.unexpectedToken, text: character }];
    return { ok: false, consumed: false, at, fault: { at, messages } };
  };

export const char = (character: string): Parser =>
  label(
    satisfy((found) => found === character),
    shown(character),
  );
export const oneOf = (characters: string): Parser => satisfy((found) => characters.includes(found));
export const noneOf = (characters: string): Parser => satisfy((found) => !characters.includes(found));

/** A fixed text; once its first character fits, what follows counts as read. */
export const string =
  (expected: string): Parser =>
  (text, at) => {
    let length = 0;
    while (length < expected.length && text[at + length] === expected[length]) length++;
    const end = at + length;
    if (length === expected.length) return { ok: true, consumed: true, at: end, fault: unknown(end) };
    const code = text.codePointAt(end);
    const found = code === undefined ? '' : String.fromCodePoint(code);
    const fault = expecting({ at, messages: [{ kind: kinds.unexpectedToken, text: found }] }, shown(expected));
    return { ok: false, consumed: length > 0, at, fault };
  };

/** One after the other. */
export const sequence = (...parsers: readonly Parser[]): Parser => parsers.reduce(then);

function then(first: Parser, second: Parser): Parser {
  return (text, at) => {
    const before = first(text, at);
    if (!before.ok) return before;
    const after = second(text, before.at);
    if (after.consumed) return after;
    return { ...after, consumed: before.consumed, fault: merge(before.fault, after.fault) };
  };
}

/** The first that reads something. */
export const choice = (...parsers: readonly Parser[]): Parser =>
  parsers.reduceRight((rest, first) => either(first, rest));

function either(first: Parser, second: Parser): Parser {
  return (text, at) => {
    const before = first(text, at);
    if (before.ok || before.consumed) return before;
    const after = second(text, at);
    return after.consumed ? after : { ...after, fault: merge(before.fault, after.fault) };
  };
}

/** Counts as having read nothing where it fails. */
export const attempt =
  (parser: Parser): Parser =>
  (text, at) => {
    const outcome = parser(text, at);
    return outcome.ok ? outcome : { ...outcome, consumed: false };
  };

/** Names what was expected, where nothing was read. */
export function label(parser: Parser, name: string): Parser {
  return (text, at) => {
    const outcome = parser(text, at);
    if (outcome.consumed || (outcome.ok && isUnknown(outcome.fault))) return outcome;
    return { ...outcome, fault: expecting(outcome.fault, name) };
  };
}

/** Places that are still known: alternatives begin where the others did, a name or two before. */
const REMEMBERED = 16;

/** Reads a place once, however many alternatives begin with it. */
export function remembered(parser: Parser): Parser {
  const known: { readonly text: string; readonly at: number; readonly outcome: Outcome }[] = [];
  return (text, at) => {
    const last = known[at % REMEMBERED];
    if (last?.at === at && last.text === text) return last.outcome;
    const outcome = parser(text, at);
    known[at % REMEMBERED] = { text, at, outcome };
    return outcome;
  };
}

export const lookAhead =
  (parser: Parser): Parser =>
  (text, at) => {
    const outcome = parser(text, at);
    return outcome.ok ? { ok: true, consumed: false, at, fault: unknown(at) } : outcome;
  };

export const many =
  (parser: Parser): Parser =>
  (text, start) => {
    let at = start;
    for (;;) {
      const outcome = parser(text, at);
      if (!outcome.ok && outcome.consumed) return outcome;
      if (!outcome.consumed) return { ok: true, consumed: at > start, at, fault: outcome.fault };
      at = outcome.at;
    }
  };

/** `many` as Haskell's Alternative has it, not Parsec: how the last round might have gone on is expected, too. */
export const manyRecalling =
  (parser: Parser): Parser =>
  (text, start) => {
    let [at, fault] = [start, unknown(start)];
    for (;;) {
      const outcome = parser(text, at);
      if (!outcome.ok && outcome.consumed) return outcome;
      if (!outcome.consumed) return { ok: true, consumed: at > start, at, fault: merge(fault, outcome.fault) };
      ({ at, fault } = outcome);
    }
  };

export const many1 = (parser: Parser): Parser => sequence(parser, many(parser));
export const optional = (parser: Parser): Parser => choice(parser, nothing);
export const separated1 = (item: Parser, separator: Parser): Parser => sequence(item, many(sequence(separator, item)));
export const separated = (item: Parser, separator: Parser): Parser => choice(separated1(item, separator), nothing);

/** Fails, reading nothing, where the parser would read; the fault then lies after what it would have read. */
export const notFollowedBy =
  (parser: Parser): Parser =>
  (text, at) => {
    const outcome = parser(text, at);
    if (!outcome.ok) return { ok: true, consumed: false, at, fault: outcome.consumed ? unknown(at) : outcome.fault };
    return { ok: false, consumed: false, at, fault: unexpectedCharacter(text, at, outcome.at) };
  };

/** The end of the text. */
export const end: Parser = label((text, at) => {
  const noToken: Message = { kind: kinds.unexpectedToken, text: '' };
  if (at >= text.length) return { ok: true, consumed: false, at, fault: { at, messages: [noToken] } };
  return { ok: false, consumed: false, at, fault: unexpectedCharacter(text, at, at) };
}, 'end of input');

function unexpectedCharacter(text: string, at: number, faultAt: number): Fault {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  return { at: faultAt, messages: [{ kind: kinds.unexpected, text: `'${escaped(character, "'")}'` }] };
}

/** Succeeds with what the parser read only where the condition holds for that text; its failure says nothing. */
export const where =
  (parser: Parser, holds: (read: string) => boolean): Parser =>
  (text, at) => {
    const outcome = parser(text, at);
    return outcome.ok && !holds(text.slice(at, outcome.at)) ? { ...outcome, ok: false } : outcome;
  };

// ---------------------------------------------------------------------------------------------------------------- showing

/** `unexpected … expecting …`, on one line. */
export function describe(fault: Fault): string {
  if (isUnknown(fault)) return 'unknown parse error';
  const texts = (kind: Message['kind']): readonly string[] =>
    fault.messages.filter((message) => message.kind === kind).map((message) => message.text);
  const unexpected = distinct(texts(kinds.unexpected));
  const [token] = texts(kinds.unexpectedToken);
  const found =
    token === undefined || texts(kinds.unexpected).length > 0
      ? ''
      : `unexpected ${token === '' ? 'end of input' : shown(token)}`;
  return [found, phrase('unexpected', unexpected), phrase('expecting', distinct(texts(kinds.expected)))]
    .filter((part) => part !== '')
    .join(' ')
    .trim();
}

const distinct = (texts: readonly string[]): readonly string[] => [...new Set(texts)].filter((text) => text !== '');

function phrase(verb: string, texts: readonly string[]): string {
  if (texts.length === 0) return '';
  if (texts.length === 1) return `${verb} ${texts[0]}`;
  return `${verb} ${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}`;
}

/** `line 1, column 7`: columns count code points, a tab goes to the next multiple of eight. */
export function position(text: string, at: number): string {
  let line = 1;
  let column = 1;
  for (const character of text.slice(0, at)) {
    if (character === '\n') {
      line++;
      column = 1;
    } else column += character === '\t' ? 8 - ((column - 1) % 8) : 1;
  }
  return `line ${line}, column ${column}`;
}

const shown = (text: string): string => `"${escaped(text, '"')}"`;

const controlNames =
  'NUL SOH STX ETX EOT ENQ ACK a b t n v f r SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US'.split(
    ' ',
  );

/** As Haskell shows text: everything beyond printable ASCII by name or decimal code. */
function escaped(text: string, delimiter: string): string {
  let result = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (character === delimiter || character === '\\') result += `\\${character}`;
    else if (code < 32) result += `\\${controlNames[code]}`;
    else if (code === 127) result += '\\DEL';
    else result += code > 127 ? `\\${code}` : character;
  }
  return result;
}
