import type {
  Capabilities,
  Driver,
  Health,
  PoolStats,
  Result,
  RunOptions,
  Session,
  Statement,
  Transaction,
  TransactionOptions,
  Unlisten,
} from './driver.ts';

/** A driver in front of another, which does everything but what a subclass does in its own way. */
export abstract class ForwardingDriver implements Driver {
  constructor(protected readonly driver: Driver) {}

  get engine(): Driver['engine'] {
    return this.driver.engine;
  }

  get version(): string {
    return this.driver.version;
  }

  get capabilities(): Capabilities {
    return this.driver.capabilities;
  }

  query(statement: Statement, options?: RunOptions): Promise<Result> {
    return this.driver.query(statement, options);
  }

  script(sql: string, options?: RunOptions): Promise<readonly Result[]> {
    return this.driver.script(sql, options);
  }

  copyIn(...args: Parameters<Driver['copyIn']>): Promise<number> {
    return this.driver.copyIn(...args);
  }

  copyOut(sql: string, options?: RunOptions): AsyncIterable<Uint8Array> {
    return this.driver.copyOut(sql, options);
  }

  batch(...args: Parameters<Driver['batch']>): Promise<readonly Result[]> {
    return this.driver.batch(...args);
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T> {
    return this.driver.transaction(work, options);
  }

  session(options?: RunOptions): Promise<Session> {
    return this.driver.session(options);
  }

  listen(...args: Parameters<Driver['listen']>): Promise<Unlisten> {
    return this.driver.listen(...args);
  }

  notify(channel: string, payload: string): Promise<void> {
    return this.driver.notify(channel, payload);
  }

  health(): Promise<Health> {
    return this.driver.health();
  }

  stats(): PoolStats {
    return this.driver.stats();
  }

  observe(...args: Parameters<Driver['observe']>): () => void {
    return this.driver.observe(...args);
  }

  close(options?: { readonly graceMs?: number }): Promise<void> {
    return this.driver.close(options);
  }
}
