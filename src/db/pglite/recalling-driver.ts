import type { Driver, Result, RunOptions, Statement, Transaction, TransactionOptions } from '../driver.ts';
import type { Recall } from './recall.ts';

type BatchOptions = Parameters<Driver['batch']>[1];

/**
 * A driver for the questions of a start: those that the same database has answered before are answered at once, also while its engine is still
 * being opened. The first question that is new, and whatever is no question, goes to the engine, and so does all that follows.
 */
export class RecallingDriver implements Driver {
  constructor(
    private readonly driver: Driver,
    private readonly recall: Recall,
  ) {}

  get engine(): Driver['engine'] {
    return this.driver.engine;
  }

  get version(): string {
    return this.driver.version;
  }

  get capabilities(): Driver['capabilities'] {
    return this.driver.capabilities;
  }

  async query(statement: Statement, options?: RunOptions): Promise<Result> {
    const [known] = this.recall.answer([statement]) ?? [];
    return known ?? this.changing().query(statement, options);
  }

  async batch(statements: readonly Statement[], options?: BatchOptions): Promise<readonly Result[]> {
    const isQuestion = options?.readOnly === true && options.actor === undefined;
    const known = isQuestion ? this.recall.answer(statements) : undefined;
    return known ?? this.changing().batch(statements, options);
  }

  script(sql: string, options?: RunOptions): Promise<readonly Result[]> {
    return this.changing().script(sql, options);
  }

  copyIn(...args: Parameters<Driver['copyIn']>): Promise<number> {
    return this.changing().copyIn(...args);
  }

  copyOut(sql: string, options?: RunOptions): AsyncIterable<Uint8Array> {
    return this.changing().copyOut(sql, options);
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T> {
    return this.changing().transaction(work, options);
  }

  session(options?: RunOptions): ReturnType<Driver['session']> {
    return this.changing().session(options);
  }

  listen(...args: Parameters<Driver['listen']>): ReturnType<Driver['listen']> {
    return this.driver.listen(...args);
  }

  notify(channel: string, payload: string): Promise<void> {
    return this.driver.notify(channel, payload);
  }

  health(): ReturnType<Driver['health']> {
    return this.driver.health();
  }

  stats(): ReturnType<Driver['stats']> {
    return this.driver.stats();
  }

  observe(...args: Parameters<Driver['observe']>): () => void {
    return this.driver.observe(...args);
  }

  close(options?: { readonly graceMs?: number }): Promise<void> {
    return this.driver.close(options);
  }

  /** For all that may change what was recalled. */
  private changing(): Driver {
    this.recall.forget();
    return this.driver;
  }
}
