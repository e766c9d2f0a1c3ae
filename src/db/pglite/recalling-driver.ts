import type {
  BatchOptions,
  Driver,
  Result,
  RunOptions,
  Statement,
  Transaction,
  TransactionOptions,
} from '../driver.ts';
import { ForwardingDriver } from '../forwarding-driver.ts';
import type { Recall } from './recall.ts';

/**
 * A driver for the questions of a start: those that the same database has answered before are answered at once, also while its engine is still
 * being opened. The first question that is new, and whatever is no question, goes to the engine, and so does all that follows.
 */
export class RecallingDriver extends ForwardingDriver {
  constructor(
    driver: Driver,
    private readonly recall: Recall,
  ) {
    super(driver);
  }

  override async query(statement: Statement, options?: RunOptions): Promise<Result> {
    const [known] = this.recall.answer([statement]) ?? [];
    return known ?? this.changing().query(statement, options);
  }

  override async batch(statements: readonly Statement[], options?: BatchOptions): Promise<readonly Result[]> {
    const isQuestion = options?.readOnly === true && options.actor === undefined;
    const known = isQuestion ? this.recall.answer(statements) : undefined;
    return known ?? this.changing().batch(statements, options);
  }

  override script(sql: string, options?: RunOptions): Promise<readonly Result[]> {
    return this.changing().script(sql, options);
  }

  override copyIn(...args: Parameters<Driver['copyIn']>): Promise<number> {
    return this.changing().copyIn(...args);
  }

  override copyOut(sql: string, options?: RunOptions): AsyncIterable<Uint8Array> {
    return this.changing().copyOut(sql, options);
  }

  override transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T> {
    return this.changing().transaction(work, options);
  }

  override session(options?: RunOptions): ReturnType<Driver['session']> {
    return this.changing().session(options);
  }

  /** For all that may change what was recalled. */
  private changing(): Driver {
    this.recall.forget();
    return this.driver;
  }
}
