import type { BatchOptions, Driver, Result, RunOptions, Statement, Transaction, TransactionOptions } from './driver.ts';
import { ForwardingDriver } from './forwarding-driver.ts';

/** The label of what Hutch does of itself: looking after logs, reading the catalog, following the schema. */
export const HOUSE = 'hutch';

/**
 * The driver for work of one's own: what runs through it is observed with this label where its options name no other, and so is told apart
 * from what people and requests ask for.
 */
export const labelled = (driver: Driver, label: string): Driver => new LabelledDriver(driver, label);

class LabelledDriver extends ForwardingDriver {
  constructor(
    driver: Driver,
    private readonly label: string,
  ) {
    super(driver);
  }

  override query(statement: Statement, options?: RunOptions): Promise<Result> {
    return this.driver.query(statement, this.labelled(options));
  }

  override batch(statements: readonly Statement[], options?: BatchOptions): Promise<readonly Result[]> {
    return this.driver.batch(statements, this.labelled(options));
  }

  override script(sql: string, options?: RunOptions): Promise<readonly Result[]> {
    return this.driver.script(sql, this.labelled(options));
  }

  override copyIn(...[sql, chunks, options]: Parameters<Driver['copyIn']>): Promise<number> {
    return this.driver.copyIn(sql, chunks, this.labelled(options));
  }

  override copyOut(sql: string, options?: RunOptions): AsyncIterable<Uint8Array> {
    return this.driver.copyOut(sql, this.labelled(options));
  }

  override transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T> {
    return this.driver.transaction(work, this.labelled(options));
  }

  override session(options?: RunOptions): ReturnType<Driver['session']> {
    return this.driver.session(this.labelled(options));
  }

  private labelled<O extends RunOptions>(options: O | undefined) {
    return { ...options, label: options?.label ?? this.label };
  }
}
