import { DatabaseError, type Session } from '../../db/driver.ts';
import { type Course, courseOf, type Segment } from '../files/segments.ts';
import type { SqlStatement } from '../files/statements.ts';
import type { LedgerName } from '../project/project.ts';
import { settleIndex } from './concurrently.ts';
import type { Failure, OnEvent, Way } from './events.ts';
import { failureOf } from './failure.ts';
import { missingValues } from './missing-values.ts';
import { Progress } from './progress.ts';

/** One SQL file to apply, with what the ledger shall say of it. */
export interface Task {
  readonly name: string;
  readonly file: string;
  readonly sql: string;
  /** SQL that writes, or takes back, its ledger row. */
  readonly record: string;
  /** SQL to run before it, in the first transaction of the run. */
  readonly prelude?: string;
  readonly way: Way;
}

export interface ApplyOptions {
  /** How long one statement may wait for a table's lock before its transaction is tried again, in milliseconds. */
  readonly lockTimeoutMs?: number;
  /** How often a transaction that met a busy table is tried again. */
  readonly lockRetries?: number;
  /** A database without a ledger: a whole file goes in one write, and statement by statement only where that fails. */
  readonly fresh?: boolean;
  readonly onEvent?: OnEvent;
}

const LOCK_TIMEOUT_MS = 5_000;
const LOCK_RETRIES = 10;
const RETRY_BASE_MS = 250;
const RETRY_MAX_MS = 15_000;
/** No migration is cut off by the driver's own statement timeout. */
const STATEMENT_LIMIT_MS = 7 * 24 * 3_600_000;
const BUSY = new Set(['55P03', '40P01']);
const UNSAFE_ENUM_USE = '55P04';

interface Run {
  readonly session: Session;
  readonly task: Task;
  readonly options: ApplyOptions;
  readonly progress: Progress;
}

/** A statement that Postgres refused. */
class StatementFailed extends Error {
  constructor(
    readonly statement: SqlStatement,
    readonly error: DatabaseError,
  ) {
    super(error.message);
  }
}

/**
 * Applies one file: in one transaction with its ledger row, or in the segments that Postgres demands, with a record of
 * how far it got. @returns the failure, undefined on success; other errors than Postgres's own are thrown.
 */
export async function applyFile(
  session: Session,
  ledger: LedgerName,
  task: Task,
  options: ApplyOptions,
): Promise<Failure | undefined> {
  const run: Run = { session, task, options, progress: new Progress(session, ledger, task.name) };
  const course = courseOf(task.sql);
  const outcome = await attempt(run, course);
  if (outcome?.error.code !== UNSAFE_ENUM_USE || course.reason !== undefined) return outcome && report(run, outcome);
  const again = await attempt(run, courseOf(task.sql, { splitEnums: true }));
  return again && report(run, again);
}

async function attempt(run: Run, course: Course): Promise<StatementFailed | undefined> {
  try {
    if (course.reason === undefined) await applyWhole(run, course);
    else await applySegments(run, course.segments);
    return undefined;
  } catch (error) {
    if (error instanceof StatementFailed) return error;
    throw error;
  }
}

async function report(run: Run, failed: StatementFailed): Promise<Failure> {
  const failure = failureOf(run.task, failed.statement, failed.error, await run.progress.kept());
  return { ...failure, ...(await missingValues(run.session, failed.error)) };
}

async function applyWhole(run: Run, course: Course): Promise<void> {
  const statements = course.segments[0]?.statements ?? [];
  if (run.options.fresh && (await applyAtOnce(run, statements))) return;
  await inTransaction(run, async () => {
    await run.session.script(run.task.record);
    if (run.task.prelude !== undefined) await runPrelude(run, run.task.prelude);
    await each(run, statements, 0, statements.length);
  });
}

async function runPrelude(run: Run, text: string): Promise<void> {
  try {
    await run.session.script(text);
  } catch (error) {
    if (error instanceof DatabaseError) throw new StatementFailed({ text, offset: 0 }, error);
    throw error;
  }
}

/** One write for the whole file. False where it failed: the way statement by statement then finds the culprit. */
async function applyAtOnce(run: Run, statements: readonly SqlStatement[]): Promise<boolean> {
  const text = [beginning(run), run.task.record, ...statements.map((it) => it.text), 'COMMIT'].join(';\n');
  try {
    await run.session.script(text, { timeout: STATEMENT_LIMIT_MS });
    return true;
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    await run.session.script('ROLLBACK');
    return false;
  }
}

/** A transaction that is tried again, with growing pauses, while the tables it needs are busy. */
async function inTransaction(run: Run, work: () => Promise<void>): Promise<void> {
  const retries = run.options.lockRetries ?? LOCK_RETRIES;
  for (let attempts = 1; ; attempts++) {
    try {
      await transactionOnce(run, work);
      return;
    } catch (error) {
      const busy = error instanceof StatementFailed && BUSY.has(error.error.code);
      if (!busy || attempts > retries) throw error;
      const delayMs = Math.round(Math.min(RETRY_MAX_MS, RETRY_BASE_MS * 2 ** (attempts - 1)) * (0.5 + Math.random()));
      run.options.onEvent?.({ type: 'retry', name: run.task.name, attempt: attempts, delayMs });
      await Bun.sleep(delayMs);
    }
  }
}

const beginning = ({ options }: Run): string =>
  `BEGIN;\nSET LOCAL lock_timeout = ${options.lockTimeoutMs ?? LOCK_TIMEOUT_MS}`;

async function transactionOnce(run: Run, work: () => Promise<void>): Promise<void> {
  await run.session.script(beginning(run));
  try {
    await work();
    await run.session.script('COMMIT');
  } catch (error) {
    await run.session.script('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function each(run: Run, statements: readonly SqlStatement[], from: number, of: number): Promise<void> {
  for (const [index, statement] of statements.entries()) {
    run.options.onEvent?.({ type: 'statement', name: run.task.name, index: from + index, of, text: statement.text });
    await runStatement(run, statement);
  }
}

async function runStatement(run: Run, statement: SqlStatement): Promise<void> {
  try {
    await run.session.query({ text: statement.text, prepare: false }, { timeout: STATEMENT_LIMIT_MS });
  } catch (error) {
    if (error instanceof DatabaseError) throw new StatementFailed(statement, error);
    throw error;
  }
}

/** Each segment leaves a record of how far the file got, so that a run after a failure or a kill goes on from there. */
async function applySegments(run: Run, segments: readonly Segment[]): Promise<void> {
  const all = segments.flatMap((it) => it.statements);
  const resumeAt = await run.progress.resumePoint(all);
  let { prelude } = run.task;
  let done = 0;
  for (const segment of segments) {
    const end = done + segment.statements.length;
    if (end > resumeAt) {
      const before = segment.transaction ? prelude : undefined;
      await applySegment(run, { ...segment, prelude: before }, all, done, done === resumeAt && resumeAt >= 0);
      if (segment.transaction) prelude = undefined;
    }
    done = end;
  }
  await inTransaction(run, async () => {
    await run.session.script(`${run.task.record}; ${run.progress.forget()}`);
  });
}

async function applySegment(
  run: Run,
  segment: Segment & Pick<Task, 'prelude'>,
  all: readonly SqlStatement[],
  from: number,
  first: boolean,
): Promise<void> {
  const record = run.progress.record(all.slice(0, from + segment.statements.length));
  if (segment.transaction) {
    await inTransaction(run, async () => {
      if (segment.prelude !== undefined) await runPrelude(run, segment.prelude);
      await each(run, segment.statements, from, all.length);
      await run.session.script(record);
    });
    return;
  }
  const alreadyThere = first && (await settleIndex(run.session, segment.statements[0]));
  if (!alreadyThere) await each(run, segment.statements, from, all.length);
  await run.session.script(record);
}
