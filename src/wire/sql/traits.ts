import { type StatementText, statementsOf, type Token } from './lexer.ts';

/** What a query text may do to the state of its session, or needs from whoever runs it. Rather too much than too little. */
export interface Traits {
  /** Sets or resets session settings or the role. */
  readonly settings: boolean;
  /** Makes temporary objects. */
  readonly temporary: boolean;
  /** Temporary tables that are emptied at each commit. */
  readonly emptiedAtCommit: boolean;
  /** `PREPARE`, `EXECUTE`, `DEALLOCATE`. */
  readonly prepares: boolean;
  /** Takes or frees advisory locks. */
  readonly advisory: boolean;
  /** Declares cursors that outlive their transaction. */
  readonly holdable: boolean;
  /** Drops more than one kind of session state at once: `DISCARD`, `DEALLOCATE ALL`. */
  readonly discards: boolean;
  /** Makes or changes functions, in which all of the above may hide. */
  readonly routines: boolean;
  /** Asks what the session last drew from a sequence. */
  readonly readsSequences: boolean;
  /** Names of custom settings (`app.user`) that it may set. */
  readonly customSettings: readonly string[];
  readonly listens: readonly ListenCommand[];
  /** `PREPARE name …` statements: each one's own text. */
  readonly prepared: readonly PrepareCommand[];
  /** Texts of its `COPY … FROM STDIN` statements. */
  readonly copies: readonly string[];
  /** How many statements there are. */
  readonly count: number;
}

export interface ListenCommand {
  readonly command: 'listen' | 'unlisten';
  /** Undefined: every channel. */
  readonly channel: string | undefined;
}

export interface PrepareCommand {
  readonly name: string;
  readonly text: string;
}

export const PLAIN: Traits = Object.freeze({
  settings: false,
  temporary: false,
  emptiedAtCommit: false,
  prepares: false,
  advisory: false,
  holdable: false,
  discards: false,
  routines: false,
  readsSequences: false,
  customSettings: [],
  listens: [],
  prepared: [],
  copies: [],
  count: 1,
});

/** Texts without any of these words can't touch the session's state, unless through a function of the user's. */
const TELLING =
  /\b(?:set|reset|set_config|discard|deallocate|prepare|execute|(?:un)?listen|temp|temporary|pg_temp|hold|do|call|currval|lastval|copy|function|procedure|routine|extension|aggregate)\b|advisory/i;

const UPDATE_ONLY_SET = /^\s*(?:update|insert|with)\b/i;
const BESIDES_SET =
  /\b(?:reset|set_config|discard|deallocate|prepare|execute|(?:un)?listen|temp|temporary|pg_temp|hold|call|currval|lastval|copy|function|procedure|routine|extension|aggregate)\b|advisory|;\s*\S/i;

/** Reads what a query text may do. Costs a regular expression for most texts. */
export function traitsOf(sql: string): Traits {
  if (!TELLING.test(sql)) return PLAIN;
  if (UPDATE_ONLY_SET.test(sql) && !BESIDES_SET.test(sql)) return PLAIN;
  const statements = statementsOf(sql);
  return statements.map((statement) => traitsOfStatement(sql, statement)).reduce(union, { ...PLAIN, count: 0 });
}

function union(a: Traits, b: Traits): Traits {
  return {
    settings: a.settings || b.settings,
    temporary: a.temporary || b.temporary,
    emptiedAtCommit: a.emptiedAtCommit || b.emptiedAtCommit,
    prepares: a.prepares || b.prepares,
    advisory: a.advisory || b.advisory,
    holdable: a.holdable || b.holdable,
    discards: a.discards || b.discards,
    routines: a.routines || b.routines,
    readsSequences: a.readsSequences || b.readsSequences,
    customSettings: [...a.customSettings, ...b.customSettings],
    listens: [...a.listens, ...b.listens],
    prepared: [...a.prepared, ...b.prepared],
    copies: [...a.copies, ...b.copies],
    count: a.count + b.count,
  };
}

const SEQUENCE_MEMORY = /\b(?:currval|lastval)\b/i;
const ROUTINE_WORDS: ReadonlySet<string> = new Set(['function', 'procedure', 'routine', 'extension', 'aggregate']);
const TEMPORARY_WORDS: ReadonlySet<string> = new Set(['temp', 'temporary', 'pg_temp']);

function traitsOfStatement(sql: string, statement: StatementText): Traits {
  const { tokens } = statement;
  const words = new Set(tokens.filter((token) => token.kind !== 'string').map((token) => token.text));
  const first = tokens[0]?.text ?? '';
  // What a DO block or a procedure does can't be seen from here.
  const opaque = first === 'do' || first === 'call';
  const changesRoutine = /^(?:create|alter|drop)$/.test(first) && anyOf(words, ROUTINE_WORDS);
  return {
    settings: opaque || changesSettings(tokens) || setsByFunction(tokens),
    temporary: opaque || anyOf(words, TEMPORARY_WORDS),
    emptiedAtCommit: words.has('commit') && words.has('delete') && anyOf(words, TEMPORARY_WORDS),
    prepares: isPrepare(tokens) || first === 'execute' || first === 'deallocate' || first === 'discard',
    advisory: opaque || first === 'discard' || tokens.some((token) => token.text.includes('advisory')),
    holdable: words.has('hold') && words.has('with') && first === 'declare',
    discards: first === 'discard' || (first === 'deallocate' && words.has('all')),
    routines: changesRoutine || opaque || first === 'import',
    readsSequences: SEQUENCE_MEMORY.test(sql.slice(statement.start, statement.end)),
    customSettings: customSettings(tokens, opaque),
    listens: listens(tokens),
    prepared: isPrepare(tokens) ? [prepareCommand(sql, statement)] : [],
    copies: isCopyFromClient(tokens) ? [sql.slice(statement.start, statement.end)] : [],
    count: 1,
  };
}

const anyOf = (words: ReadonlySet<string>, wanted: ReadonlySet<string>): boolean => !words.isDisjointFrom(wanted);

/** `SET LOCAL`, `SET TRANSACTION` and `SET CONSTRAINTS` end with their transaction. */
function changesSettings(tokens: readonly Token[]): boolean {
  const first = tokens[0]?.text;
  if (first === 'reset' || first === 'discard') return true;
  return first === 'set' && !/^(?:local|transaction|constraints)$/.test(tokens[1]?.text ?? '');
}

/** `set_config(…, false)`; where the last argument is `true` itself, it ends with its transaction. */
function setsByFunction(tokens: readonly Token[]): boolean {
  return tokens.some((token, index) => token.text === 'set_config' && !isLocalCall(tokens, index));
}

function isLocalCall(tokens: readonly Token[], index: number): boolean {
  const depth = tokens[index]?.depth ?? 0;
  const close = tokens.findIndex((token, at) => at > index && token.text === ')' && token.depth === depth);
  return tokens[close - 1]?.text === 'true' && tokens[close - 2]?.text === ',';
}

const CUSTOM_NAME = /^[a-z_][\w$]*(?:\.[a-z_][\w$]*)+$/i;

/** Names with a dot in them, after SET or as a literal of a `set_config`; inside a block's text, any such literal. */
function customSettings(tokens: readonly Token[], opaque: boolean): string[] {
  const names = tokens
    .filter((token) => token.kind === 'string' && CUSTOM_NAME.test(token.text))
    .map((token) => token.text);
  if (opaque) {
    for (const token of tokens) {
      if (token.kind === 'string')
        for (const [, name] of token.text.matchAll(/'([\w$]+(?:\.[\w$]+)+)'/g)) if (name) names.push(name);
    }
  }
  if (tokens[0]?.text === 'set') names.push(...dottedNameAfterSet(tokens));
  return names;
}

function dottedNameAfterSet(tokens: readonly Token[]): string[] {
  const at = tokens[1]?.text === 'session' ? 2 : 1;
  const parts: string[] = [];
  for (let index = at; index < tokens.length; index += 2) {
    parts.push(tokens[index]?.text ?? '');
    if (tokens[index + 1]?.text !== '.') break;
  }
  return parts.length > 1 ? [parts.join('.')] : [];
}

function listens(tokens: readonly Token[]): ListenCommand[] {
  const command = tokens[0]?.text;
  if (command !== 'listen' && command !== 'unlisten') return [];
  const channel = tokens[1];
  return [{ command, channel: channel?.text === '*' && channel.kind === 'symbol' ? undefined : channel?.text }];
}

const isPrepare = (tokens: readonly Token[]): boolean =>
  tokens[0]?.text === 'prepare' && !(tokens[1]?.kind === 'word' && tokens[1].text === 'transaction');

function prepareCommand(sql: string, statement: StatementText): PrepareCommand {
  return { name: statement.tokens[1]?.text ?? '', text: sql.slice(statement.start, statement.end) };
}

function isCopyFromClient(tokens: readonly Token[]): boolean {
  if (tokens[0]?.text !== 'copy') return false;
  const from = tokens.findIndex((token) => token.kind === 'word' && token.text === 'from' && token.depth === 0);
  const source = tokens[from + 1];
  return from > 0 && source?.kind === 'word' && (source.text === 'stdin' || source.text === 'stdout');
}
