import type { Catalog } from '../../catalog/index.ts';
import { ConnectionError, DatabaseError, type Driver, type Result, type Session } from '../../db/index.ts';
import { type SqlStatement, skeleton, splitStatements } from '../../migrate/files/statements.ts';
import type { Explained, SqlError, SqlOutcome, SqlRun } from './shapes.ts';
import { TypeNames } from './type-names.ts';

export interface ActingAs {
  /** A database role; the connection's own where absent. */
  readonly role?: string;
  /** `request.jwt.claims`, as JSON text. */
  readonly claims?: string;
}

export interface ConsoleRun extends ActingAs {
  readonly sql: string;
  /** Rows of each statement. */
  readonly limit: number;
  /** Milliseconds that each statement may run; absent: the server's usual limit. */
  readonly timeout?: number;
  readonly signal: AbortSignal;
}

/** Runs several statements in one session, one after the other, until the first that fails. Nothing of it is logged. */
export async function runSql(driver: Driver, catalog: () => Catalog, run: ConsoleRun): Promise<SqlRun> {
  const session = await driver.session({ signal: run.signal, label: 'studio console' });
  try {
    await prepare(session, run);
    const names = new TypeNames(driver, catalog());
    const outcomes: SqlOutcome[] = [];
    for (const statement of splitStatements(run.sql)) {
      const outcome = await runStatement(session, statement, run, names);
      outcomes.push(outcome);
      if (outcome.error !== null) break;
    }
    return { outcomes, rolledBack: await isOpen(outcomes) };
  } finally {
    await session.release();
  }
}

/** The role comes last: it may not be allowed to set the rest. */
async function prepare(session: Session, { role, claims, timeout }: ConsoleRun): Promise<void> {
  const settings = [
    ['statement_timeout', timeout?.toString()],
    ['request.jwt.claims', claims],
    ['role', role],
  ].filter((pair): pair is [string, string] => pair[1] !== undefined);
  if (settings.length === 0) return;
  const calls = settings.map((_, index) => `set_config($${index * 2 + 1}, $${index * 2 + 2}, false)`);
  await session.query({ text: `SELECT ${calls.join(', ')}`, params: settings.flat() });
}

const begins = /^(begin|start transaction)\b/i;
const ends = /^(commit|end|rollback(?! to)|abort)\b/i;

/** Whether a transaction that the statements began was not ended by them. */
function isOpen(outcomes: readonly SqlOutcome[]): boolean {
  let open = false;
  for (const { text } of outcomes) {
    if (begins.test(text)) open = true;
    else if (ends.test(text)) open = false;
  }
  return open;
}

async function runStatement(
  session: Session,
  statement: SqlStatement,
  { limit, signal, timeout }: ConsoleRun,
  names: TypeNames,
): Promise<SqlOutcome> {
  const started = performance.now();
  const { text, offset } = statement;
  const isLimited = isPlainRead(text);
  const base = { text, offset, command: '', count: 0, fields: [], rows: [], truncated: false, error: null };
  try {
    const sent = isLimited ? `${BEFORE}${text}${after(limit)}` : text;
    const result = await session.query({ text: sent, prepare: false }, { signal, timeout, label: 'studio console' });
    return { ...base, ...(await shown(result, limit, names)), took: performance.now() - started };
  } catch (error) {
    const shift = offset - (isLimited ? BEFORE.length : 0);
    return { ...base, took: performance.now() - started, error: sqlError(error, shift, signal.aborted) };
  }
}

async function shown({ fields, rows, command, count }: Result, limit: number, names: TypeNames) {
  const truncated = rows.length > limit;
  return {
    command,
    count: truncated ? limit : count,
    fields: await names.of(fields),
    rows: truncated ? rows.slice(0, limit) : rows,
    truncated,
  };
}

/** The limit is the database's to keep: it then plans for few rows, and does not send what nobody sees. */
const BEFORE = 'SELECT * FROM (\n';
const after = (limit: number) => `\n) AS result LIMIT ${limit + 1}`;

const limited = /^SELECT \* FROM \(\n([\s\S]*)\n\) AS result LIMIT \d+$/;

/** A statement of the console without the limit around it; any other text as it is. */
export const asTyped = (text: string): string => limited.exec(text)?.[1] ?? text;

/** A SELECT that can stand in a FROM clause: it writes nothing, makes no table, and locks no rows. */
function isPlainRead(text: string): boolean {
  const words = skeleton(text);
  if (!/^(select|with|values|table)\b/i.test(words)) return false;
  return !/\b(into|insert|update|delete|merge|for (no key )?(update|share|key share))\b/i.test(words);
}

/** `shift` is where the text that Postgres saw begins in the text that was typed. */
function sqlError(error: unknown, shift: number, cancelled: boolean): SqlError {
  if (cancelled) return { message: 'Cancelled', code: '57014', detail: null, hint: null, position: null };
  if (error instanceof DatabaseError) {
    const { detail = null, hint = null, position } = error.fields;
    const at = position === undefined ? null : Math.max(0, position - 1 + shift);
    return { message: error.message, code: error.code, detail, hint, position: at };
  }
  if (error instanceof ConnectionError)
    return { message: error.message, code: error.code, detail: null, hint: null, position: null };
  throw error;
}

export interface ExplainRequest extends ActingAs {
  readonly sql: string;
  /** `analyze` runs it and takes it back; `generic` plans a text with `$1` and no values. */
  readonly mode: 'analyze' | 'plan' | 'generic';
  readonly timeout?: number;
  readonly signal: AbortSignal;
}

const options = {
  analyze: 'ANALYZE, BUFFERS, VERBOSE, FORMAT JSON',
  plan: 'VERBOSE, FORMAT JSON',
  generic: 'GENERIC_PLAN, VERBOSE, FORMAT JSON',
};

/** The plan of the first statement. It is explained in a transaction that is rolled back, so ANALYZE leaves nothing behind. */
export async function explainSql(driver: Driver, request: ExplainRequest): Promise<Explained> {
  const [statement] = splitStatements(request.sql);
  const before = `EXPLAIN (${options[request.mode]}) `;
  const text = `${before}${statement?.text ?? ''}`;
  const { signal } = request;
  try {
    const result = await explained(driver, text, request);
    const plans: unknown = JSON.parse(result?.rows.map(([line]) => line).join('\n') ?? '[]');
    return { plan: Array.isArray(plans) ? plans[0] : null, error: null };
  } catch (error) {
    return { plan: null, error: sqlError(error, (statement?.offset ?? 0) - before.length, signal.aborted) };
  }
}

async function explained(driver: Driver, text: string, request: ExplainRequest): Promise<Result | undefined> {
  const { role, claims, signal, mode, timeout } = request;
  const settings = {
    ...(claims !== undefined && { 'request.jwt.claims': claims }),
    ...(timeout !== undefined && { statement_timeout: String(timeout) }),
  };
  const options = { actor: { role, settings }, signal, timeout, label: 'studio console' };
  if (mode !== 'generic') {
    const [result] = await driver.batch([{ text, prepare: false }], { ...options, end: 'rollback' });
    return result;
  }
  // `$1` without a value only passes the simple protocol
  const results = await driver.transaction((tx) => tx.script(text), options);
  return results[0];
}
