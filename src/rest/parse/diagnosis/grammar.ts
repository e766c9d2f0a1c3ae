/**
 * The dialect's grammar as combinators, rule for rule as PostgREST 16 documents it, for the diagnosis of refused text. The scanners
 * accept exactly what these accept; a property test holds the two together.
 */
import {
  attempt,
  char,
  choice,
  end,
  label,
  lookAhead,
  many,
  many1,
  manyRecalling,
  noneOf,
  notFollowedBy,
  nothing,
  oneOf,
  optional,
  type Parser,
  remembered,
  satisfy,
  separated,
  separated1,
  sequence,
  string,
  where,
} from './combinators.ts';

/** For rules that refer to themselves. */
const lazy =
  (rule: () => Parser): Parser =>
  (text, at) =>
    rule()(text, at);

const blanks = many(oneOf(' \t'));
const lexeme = (parser: Parser): Parser => sequence(blanks, parser, blanks);
const between = (open: string, parser: Parser, close: string): Parser => sequence(char(open), parser, char(close));
const anyCharacter = satisfy(() => true);
const delimiter = label(char('.'), 'delimiter (.)');

// ----------------------------------------------------------------------------------------------------------------- names

const letter = label(
  satisfy((character) => /^[a-z]$/i.test(character) || /^\p{L}$/u.test(character)),
  'letter',
);
const digit = label(
  satisfy((character) => character >= '0' && character <= '9'),
  'digit',
);
const identifier = many1(choice(letter, digit, oneOf('_ $')));
const quoted = sequence(char('"'), many(choice(noneOf('\\"'), sequence(char('\\'), anyCharacter))), char('"'));
const dash = attempt(sequence(char('-'), notFollowedBy(char('>'))));
const fieldName = remembered(label(choice(quoted, separated1(identifier, dash)), 'field name (* or [a..z0..9_$])'));

const arrow = choice(attempt(string('->>')), attempt(string('->')));
const keyName = label(
  choice(quoted, separated1(many1(noneOf('(-:.,>)')), dash)),
  'any non reserved character different from: .,>()',
);
const indexEnd = choice(
  attempt(lookAhead(string('->'))),
  attempt(lookAhead(string('::'))),
  attempt(lookAhead(string('.'))),
  attempt(lookAhead(string(','))),
  attempt(end),
);
const index = sequence(optional(char('-')), many1(digit), indexEnd);
const jsonPath = manyRecalling(sequence(arrow, choice(attempt(index), attempt(keyName))));
const field = lexeme(sequence(fieldName, choice(jsonPath, nothing)));

// ---------------------------------------------------------------------------------------------------------------- select

const alias = optional(attempt(sequence(fieldName, char(':'), notFollowedBy(char(':')))));
const cast = optional(sequence(string('::'), identifier));
const itemEnd = choice(attempt(lookAhead(string(')'))), attempt(lookAhead(string(','))), attempt(end));
const aggregate = choice(string('sum'), string('avg'), string('count'), attempt(string('max')), attempt(string('min')));
const embedParameter = optional(
  sequence(char('!'), choice(attempt(string('left')), attempt(string('inner')), attempt(fieldName))),
);
const embedParameters = sequence(embedParameter, embedParameter, attempt(lookAhead(string('('))));
const relationName = where(fieldName, (read) => read !== '"count"' && read.replace(/^ +| +$/g, '') !== 'count');
const relationHead = lexeme(sequence(alias, relationName, embedParameters));
const spreadHead = lexeme(sequence(string('...'), fieldName, embedParameters));
const selectField = lexeme(
  choice(
    attempt(sequence(string('*'), itemEnd)),
    attempt(sequence(alias, string('count()'), cast, itemEnd)),
    sequence(alias, field, cast, optional(attempt(sequence(char('.'), aggregate, string('()')))), cast, itemEnd),
  ),
);
const embedded = between(
  '(',
  lazy(() => select),
  ')',
);
const selectItem = choice(
  sequence(attempt(spreadHead), embedded),
  sequence(attempt(relationHead), embedded),
  selectField,
);
export const select: Parser = separated(selectItem, lexeme(char(',')));

// --------------------------------------------------------------------------------------------------------------- filters

const alternatives = (...words: readonly string[]): Parser => choice(...words.map((word) => attempt(string(word))));
const simpleOperator = label(
  alternatives('neq', 'cs', 'cd', 'ov', 'sl', 'sr', 'nxr', 'nxl', 'adj'),
  'unknown single value operator',
);
const quantifiableOperator = label(
  alternatives('eq', 'gte', 'gt', 'lte', 'lt', 'like', 'ilike', 'match', 'imatch'),
  'unknown single value operator',
);
const searchOperator = alternatives('fts', 'plfts', 'phfts', 'wfts');
const caseless = (word: string): Parser =>
  attempt(sequence(...[...word].map((letter) => choice(char(letter), char(letter.toUpperCase())))));
const isValue = label(
  choice(caseless('null'), caseless('not_null'), caseless('true'), caseless('false'), caseless('unknown')),
  'isVal: (null, not_null, true, false, unknown)',
);
const afterElement = notFollowedBy(noneOf(',)'));
const element = choice(attempt(sequence(quoted, afterElement)), many(noneOf(',)')));
const list = sequence(lexeme(char('(')), separated1(element, char(',')), lexeme(char(')')));
const quantifier = optional(attempt(between('(', choice(attempt(string('any')), string('all')), ')')));
const language = optional(attempt(between('(', identifier, ')')));
const negation = choice(attempt(sequence(string('not'), delimiter)), nothing);

function expression(value: Parser): Parser {
  const operation = choice(
    sequence(attempt(sequence(string('in'), delimiter)), list),
    sequence(attempt(sequence(string('is'), delimiter)), isValue),
    sequence(attempt(sequence(string('isdistinct'), delimiter)), value),
    attempt(sequence(searchOperator, language, delimiter, value)),
    attempt(sequence(simpleOperator, delimiter, value)),
    attempt(sequence(quantifiableOperator, quantifier, delimiter, value)),
  );
  return sequence(negation, label(operation, 'operator (eq, gt, ...)'));
}

export const filter: Parser = expression(many(anyCharacter));
/** In a GET call, what does not begin like a filter is an argument. */
export const filterOrArgument: Parser = choice(filter, nothing);

const array = sequence(string('{'), many(noneOf('{}')), string('}'));
const nestedValue = choice(attempt(sequence(quoted, afterElement)), attempt(array), many(noneOf(',)')));
const condition = sequence(field, delimiter, expression(nestedValue));
const logicOperator = label(choice(attempt(string('and')), string('or')), 'logic operator (and, or)');
export const logicTree: Parser = choice(
  attempt(condition),
  sequence(
    label(negation, 'negation operator (not)'),
    logicOperator,
    lexeme(char('(')),
    separated1(
      lazy(() => logicTree),
      lexeme(char(',')),
    ),
    lexeme(char(')')),
  ),
);

// ----------------------------------------------------------------------------------------------------- order, names, places

const direction = choice(attempt(sequence(delimiter, string('asc'))), attempt(sequence(delimiter, string('desc'))));
const nulls = choice(
  attempt(sequence(delimiter, string('nullsfirst'))),
  attempt(sequence(delimiter, string('nullslast'))),
);
const termEnd = choice(attempt(lookAhead(char(','))), attempt(end));
const modifiers = sequence(optional(direction), choice(sequence(optional(nulls), termEnd), termEnd));
const relatedTerm = sequence(fieldName, between('(', field, ')'), modifiers);
export const order: Parser = separated1(lexeme(choice(attempt(relatedTerm), sequence(field, modifiers))), char(','));

export const names: Parser = separated1(fieldName, lexeme(char(',')));
export const place: Parser = sequence(separated1(fieldName, delimiter), choice(jsonPath, nothing));
export const logicPlace: Parser = separated1(fieldName, delimiter);
