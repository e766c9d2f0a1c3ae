import { AsyncLocalStorage } from 'node:async_hooks';
import type { Result, RunOptions, Statement, Transaction } from '../db/driver.ts';
import { NOTHING_SET, refuseControl, settable } from './transaction-control.ts';
import { Turns } from './turns.ts';

/** The innermost transaction of the code that is running, so that what it does outside of `tx` still joins it. */
const innermost = new AsyncLocalStorage<Level>();

/**
 * A transaction as the code under test sees it: in truth a savepoint in the test's own. What code inside it sends to an
 * outer level runs here, because its own connection is what another pool connection would be in production; waiting for
 * it to end would wait for itself.
 */
export class Level implements Transaction {
  readonly #turns = new Turns();

  constructor(
    private readonly connection: Transaction,
    private readonly parent?: Level,
  ) {}

  async query(statement: Statement, options?: RunOptions): Promise<Result> {
    refuseControl(statement.text);
    const settled = settable(statement);
    return settled === undefined ? NOTHING_SET : this.on((connection) => connection.query(settled, options));
  }

  async script(sql: string, options?: RunOptions): Promise<readonly Result[]> {
    refuseControl(sql);
    return this.on((connection) => connection.script(sql, options));
  }

  copyIn(sql: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, options?: RunOptions): Promise<number> {
    return this.on((connection) => connection.copyIn(sql, chunks, options));
  }

  async *copyOut(sql: string, options?: RunOptions): AsyncIterable<Uint8Array> {
    // Read to its end first: a reader that stops half way would keep the turn.
    yield* await this.on((connection) => Array.fromAsync(connection.copyOut(sql, options)));
  }

  savepoint<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const level = this.#reached();
    return level.#turns.take(() =>
      level.connection.savepoint((connection) => {
        const inner = new Level(connection, level);
        return innermost.run(inner, () => work(inner));
      }),
    );
  }

  /** Runs on the connection, in turn. */
  on<T>(work: (connection: Transaction) => Promise<T>): Promise<T> {
    const level = this.#reached();
    return level.#turns.take(() => work(level.connection));
  }

  /** This level, or the innermost one inside it that the running code has opened. */
  #reached(): Level {
    const running = innermost.getStore();
    for (let level = running; level; level = level.parent) {
      if (level === this) return running ?? this;
    }
    return this;
  }
}
