import type { Driver, Result, RunOptions, Statement, Transaction, TransactionOptions } from './driver.ts';

/** The label of what Hutch does of itself: looking after logs, reading the catalog, following the schema. */
export const HOUSE = 'hutch';

/**
 * The driver for work of one's own: what runs through it is observed with this label where its options name no other, and so is told apart
 * from what people and requests ask for.
 */
export const labelled = (driver: Driver, label: string): Driver => new LabelledDriver(driver, label);

class LabelledDriver implements Driver {
  constructor(
    private readonly driver: Driver,
    private readonly label: string,
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

  query(statement: Statement, options?: RunOptions): Promise<Result> {
    return this.driver.query(statement, { ...options, label: this.labelOf(options) });
  }

  batch(statements: readonly Statement[], options?: Parameters<Driver['batch']>[1]): Promise<readonly Result[]> {
    return this.driver.batch(statements, { ...options, label: this.labelOf(options) });
  }

  script(sql: string, options?: RunOptions): Promise<readonly Result[]> {
    return this.driver.script(sql, { ...options, label: this.labelOf(options) });
  }

  copyIn(...[sql, chunks, options]: Parameters<Driver['copyIn']>): Promise<number> {
    return this.driver.copyIn(sql, chunks, { ...options, label: this.labelOf(options) });
  }

  copyOut(sql: string, options?: RunOptions): AsyncIterable<Uint8Array> {
    return this.driver.copyOut(sql, { ...options, label: this.labelOf(options) });
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T> {
    return this.driver.transaction(work, { ...options, label: this.labelOf(options) });
  }

  session(options?: RunOptions): ReturnType<Driver['session']> {
    return this.driver.session({ ...options, label: this.labelOf(options) });
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

  private labelOf(options: RunOptions | undefined): string {
    return options?.label ?? this.label;
  }
}
