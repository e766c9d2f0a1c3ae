import type { Executor, Result, RunOptions, Statement } from '../driver.ts';
import type { Observers, Subject } from '../observer.ts';
import type { Receive } from '../protocol/frames.ts';
import type { Check, Connection } from './connection.ts';
import { copyOut } from './copy.ts';
import { guarded } from './guard.ts';

/** Settings of the driver that every statement needs. */
export interface RunDefaults {
  /** Milliseconds; 0: no limit. */
  readonly statementTimeout: number;
  readonly observers: Observers;
}

/** What goes in the same write before and after statements: begin, the actor's settings, the end. */
export interface Around {
  readonly before: readonly Statement[];
  readonly after: readonly Statement[];
}

const NO_CHECK: Check = () => {};
const ALONE: Around = { before: [], after: [] };

/** Runs statements on one connection, with time limits, cancellation and observation. */
export class ConnectionExecutor implements Executor {
  constructor(
    protected readonly connection: Connection,
    protected readonly defaults: RunDefaults,
    private readonly base: RunOptions = {},
    private readonly waited = 0,
  ) {}

  async query(statement: Statement, options?: RunOptions): Promise<Result> {
    const [result] = await this.all([statement], options);
    if (result === undefined) throw new TypeError('the server sent no result for a statement');
    return result;
  }

  /** Several statements in one write, with others around them that nobody hears of. */
  all(statements: readonly Statement[], options?: RunOptions, around: Around = ALONE): Promise<readonly Result[]> {
    return this.observed(statements, options, countOf, () => this.send(statements, around));
  }

  script(sql: string, options?: RunOptions): Promise<readonly Result[]> {
    return this.observed([{ text: sql }], options, sumOf, async () => {
      await this.open();
      return this.connection.script(sql, this.check);
    });
  }

  copyIn(sql: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, options?: RunOptions): Promise<number> {
    return this.observed(
      [{ text: sql }],
      options,
      (count) => count,
      async () => {
        await this.open();
        return this.connection.copyIn(sql, asyncOf(chunks), this.check);
      },
    );
  }

  async *copyOut(sql: string, options?: RunOptions): AsyncIterable<Uint8Array> {
    await this.open();
    const start = (receive: Receive) => this.connection.stream(sql, receive, this.check);
    yield* copyOut(this.connection.link, start, (work) => this.observed([{ text: sql }], options, sumOf, work));
  }

  protected async send(statements: readonly Statement[], { before, after }: Around): Promise<readonly Result[]> {
    if (before.length + after.length === 0) return this.connection.run(statements, this.check);
    const results = await this.connection.run([...before, ...statements, ...after], this.check);
    return results.slice(before.length, before.length + statements.length);
  }

  /** Called when a request's turn on the connection has come. */
  protected readonly check: Check = NO_CHECK;

  /** Whatever must be on the server before the first statement. */
  protected async open(): Promise<void> {}

  private observed<T>(
    statements: Subject['statements'],
    options: RunOptions | undefined,
    rows: (value: T, index: number) => number,
    work: () => Promise<T>,
  ): Promise<T> {
    const limits = limitsOf(this.base, options, this.defaults.statementTimeout);
    const subject = { statements, label: options?.label ?? this.base.label, waited: this.waited };
    return this.defaults.observers.around(subject, rows, () => guarded(this.connection, limits, work));
  }
}

function limitsOf(base: RunOptions, own: RunOptions | undefined, statementTimeout: number): RunOptions {
  return {
    timeout: own?.timeout || base.timeout || statementTimeout,
    signal: own?.signal ?? base.signal,
    hangUp: own?.hangUp ?? base.hangUp,
  };
}

const countOf = (results: readonly Result[], index: number): number => results[index]?.count ?? 0;

const sumOf = (results: readonly Result[]): number => results.reduce((sum, result) => sum + result.count, 0);

async function* asyncOf<T>(items: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T> {
  yield* items;
}
