import { type StatementText, statementsOf, type Token } from './lexer.ts';

/**
 * Rewrites what clients can't be given as it stands, because all of them share one session of Postgres. Both rewritings keep
 * the statement's meaning, its result's shape and its command tag.
 */

/** Settings, set at each change of client, that list the advisory locks which other clients hold. */
export const OTHERS_LOCKS = 'hutch_wire.locks_of_others';
export const OTHERS_EXCLUSIVE_LOCKS = 'hutch_wire.exclusive_locks_of_others';

/** In the message of the error that a request for a lock raises where another client holds it; the lock's key follows. */
export const LOCK_HELD_MARKER = 'hutch_wire_lock_is_held:';

/** A channel that nobody is ever told of. */
const NOBODYS_CHANNEL = 'hutch_wire_nobody';

const LOCK_FUNCTION = /^pg_(?<attempt>try_)?advisory_(?:xact_)?lock(?<shared>_shared)?$/;
const WORTH_READING = /advisory|\bunlisten\b/i;

interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The SQL to run in place of a client's. */
export function rewritten(sql: string): string {
  if (!WORTH_READING.test(sql)) return sql;
  const changes = statementsOf(sql).flatMap((statement) => [
    ...unlistenChanges(statement),
    ...lockChanges(sql, statement),
  ]);
  return applied(sql, changes);
}

function applied(sql: string, changes: readonly Change[]): string {
  let out = '';
  let at = 0;
  for (const change of changes) {
    out += sql.slice(at, change.start) + change.text;
    at = change.end;
  }
  return out + sql.slice(at);
}

/** Others may listen to the same channel. The client itself is taken off the list when the statement has succeeded. */
function unlistenChanges({ tokens }: StatementText): Change[] {
  const [command, channel] = tokens;
  if (command?.text !== 'unlisten' || channel === undefined) return [];
  return [{ start: channel.start, end: channel.end, text: NOBODYS_CHANNEL }];
}

function lockChanges(sql: string, { tokens }: StatementText): Change[] {
  const changes: Change[] = [];
  let covered = 0;
  tokens.forEach((token, index) => {
    const change = token.start < covered ? undefined : lockChange(sql, tokens, index);
    if (change === undefined) return;
    changes.push(change);
    covered = change.end;
  });
  return changes;
}

/**
 * Postgres would grant every client's request: to it they are one session, and a session may take its own lock again. So the
 * call first asks whether another client holds the lock.
 */
function lockChange(sql: string, tokens: readonly Token[], index: number): Change | undefined {
  const name = tokens[index];
  const found = name?.kind === 'string' ? null : LOCK_FUNCTION.exec(name?.text ?? '');
  const call = found === null ? undefined : argumentsOf(sql, tokens, index);
  if (name === undefined || found === null || call === undefined) return undefined;
  const others = found.groups?.shared === undefined ? OTHERS_LOCKS : OTHERS_EXCLUSIVE_LOCKS;
  if (found.groups?.attempt === undefined) {
    return { start: call.start, end: call.end, text: waitingArguments(call.args, others) };
  }
  if (isTableFunction(tokens, index)) return undefined;
  const start = qualifierStart(tokens, index);
  return { start, end: call.end + 1, text: attempt(name.text, call.args, others) };
}

interface Call {
  readonly args: readonly string[];
  /** Where the arguments are, without the parentheses. */
  readonly start: number;
  readonly end: number;
}

function argumentsOf(sql: string, tokens: readonly Token[], index: number): Call | undefined {
  const open = tokens[index + 1];
  if (open?.text !== '(') return undefined;
  const rest = tokens.slice(index + 2);
  const close = rest.find((token) => token.text === ')' && token.depth === open.depth);
  if (close === undefined) return undefined;
  const commas = rest.filter(
    (token) => token.text === ',' && token.depth === open.depth + 1 && token.end <= close.start,
  );
  const bounds = [open.end, ...commas.map((comma) => comma.end)];
  const args = bounds.map((from, at) => sql.slice(from, commas[at]?.start ?? close.start).trim());
  return args.length > 2 || args[0] === '' ? undefined : { args, start: open.end, end: close.start };
}

const isTableFunction = (tokens: readonly Token[], index: number): boolean =>
  /^(?:from|join|lateral)$/.test(beforeQualifier(tokens, index)?.text ?? '');

const isQualified = (tokens: readonly Token[], index: number): boolean => tokens[index - 1]?.text === '.';

const beforeQualifier = (tokens: readonly Token[], index: number): Token | undefined =>
  tokens[isQualified(tokens, index) ? index - 3 : index - 1];

const qualifierStart = (tokens: readonly Token[], index: number): number =>
  tokens[isQualified(tokens, index) ? index - 2 : index]?.start ?? 0;

/** A lock's key as text: `5` for one bigint, `1/2` for two integers. */
const keyOf = (columns: readonly string[]): string =>
  columns.length === 1 ? 'lock_key.a::text' : "concat(lock_key.a, '/', lock_key.b)";

const keySource = (args: readonly string[]): string =>
  args.length === 1
    ? `(SELECT (${args[0]})::bigint AS a OFFSET 0) AS lock_key`
    : `(SELECT (${args[0]})::integer AS a, (${args[1]})::integer AS b OFFSET 0) AS lock_key`;

const heldByOthers = (args: readonly string[], others: string): string =>
  `coalesce(position(concat(',', ${keyOf(args)}, ',') in current_setting('${others}', true)) > 0, false)`;

function attempt(name: string, args: readonly string[], others: string): string {
  const columns = args.length === 1 ? 'lock_key.a' : 'lock_key.a, lock_key.b';
  const take = `pg_catalog.${name}(${columns})`;
  return `(SELECT CASE WHEN ${heldByOthers(args, others)} THEN false ELSE ${take} END AS ${name} FROM ${keySource(args)})`;
}

/** Where another client holds the lock, the cast of the marker fails before the lock is taken. */
function waitingArguments(args: readonly string[], others: string): string {
  const type = args.length === 1 ? 'bigint' : 'integer';
  const refuse = `CAST(concat('${LOCK_HELD_MARKER}', ${keyOf(args)}) AS ${type})`;
  const first = `(SELECT CASE WHEN ${heldByOthers(args, others)} THEN ${refuse} ELSE lock_key.a END FROM ${keySource(args)})`;
  return [first, ...args.slice(1)].join(', ');
}
